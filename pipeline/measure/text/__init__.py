"""Text: how good a text is, and which part of a long one belongs to which sentence of its reference.

quality       BLEU, chrF, WER, CER, COMET, with what each of them needs by language
tokens        words as the resegmentation compares them
alignment     the best way to lay one sequence on another, thousands of tokens each
segmenter     SoftSegmenter, for LongYAAL: an alignment by similar words
mwer          mWERSegmenter, for StreamLAAL: an alignment by equal words
"""
