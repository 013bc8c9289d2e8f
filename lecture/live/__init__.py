"""Lectures that are transcribed while they are being recorded."""
