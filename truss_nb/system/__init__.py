"""What one system does otherwise than another: here is the door to each such thing.

Linux is where all of it is tried. What macOS and Windows offer in its place stands
behind the same doors, from their documentation: it is untried on the systems
themselves. The tests take Linux' own calls away, one door at a time. Processes have
their door where they are started, in ``proof/environment/supervised.py``.
"""
