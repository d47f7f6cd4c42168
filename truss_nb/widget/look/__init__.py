"""Values as pictures: what people would rather look at than read, as HTML.

Whatever a value holds is text here: it is escaped, and a link in it is no link. No
colour is fixed: lines and letters take the page's own, light or dark.
"""

from truss_nb.widget.look.encoded import encoded_image, image_kind
from truss_nb.widget.look.look import TREE, Look

__all__ = ["TREE", "Look", "encoded_image", "image_kind"]
