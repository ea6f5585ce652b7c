"""Image-classification datasets with a known bias, composed of real images.

``sources`` says where the images come from and which half may use them, ``cutouts`` reads objects with their masks,
``places`` reads photos to put them on, ``composing`` puts one on the other, ``plans`` is the grid of datasets,
``recipes`` lays out the classes of one and ``datasets`` makes it, and ``scores`` counts what was found.
"""
