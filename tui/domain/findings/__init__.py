"""The triage rules: from what was seen to what is wrong and what to do about it.

One module for each catalogue; `diagnosis` and `evidence` are their common shapes. Pure: values in, values out.
"""
