"""The formulas of docs/method: plain values in, plain values out (no ORM, no clock, no settings).

Counts are integers and are compared by cross-multiplication. Every limit is a parameter; a default is a
default of the method, never a company's number.
"""
