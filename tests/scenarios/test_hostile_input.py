"""Hostile and clumsy input: run correctly, or refused in words with file and line."""

from __future__ import annotations
