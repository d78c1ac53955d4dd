"""What a study and a result can say, in plain words: for ``explain`` and the pages of docs."""
