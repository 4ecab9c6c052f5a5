"""Measurements that are run by hand: how well and how fast the program does what it promises."""
