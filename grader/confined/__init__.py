"""What runs inside the sandbox.

Imports the standard library, numpy, h5py and keras, and nothing of the grader above.
"""
