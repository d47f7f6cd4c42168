"""Reports as the widget shows them: each part in a frame, news in colours."""

from truss_nb.report import Skin

WIDGET = Skin(
    part='<section class="truss-part">{}</section>',
    title="<h4>{}</h4>",
    table='<table class="truss-table">{}</table>',
    cell="",
    footer='<div class="truss-note" role="status">{}</div>',
    good='<span class="truss-good">{}</span>',
    fair='<span class="truss-fair">{}</span>',
    bad='<span class="truss-bad">{}</span>',
)
