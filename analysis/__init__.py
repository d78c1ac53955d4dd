"""Frames in, frames and figures out: comparison, intervals and what a board reads."""
