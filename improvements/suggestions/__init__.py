"""The staff suggestion box (RE-5.2c, CC-4.3): what is neither model, verb, read, form nor page."""
