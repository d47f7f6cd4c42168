"""What the input looks like: form, files, chips, and a click that waits.

While a cell runs, the kernel can't answer a click: that the button which was clicked
waits is the page's to show, which knows when the kernel is busy. So is that there is no
kernel any more which knows the widget; ipywidgets marks each control for itself then.
"""

INPUT_STYLE = """
[class*="-upload-told"] .truss-message:not([class*=" "]) { font-size: .9em;
  color: var(--jp-ui-font-color2, inherit); }
.truss-widget .truss-form-field.widget-inline-hbox { flex-direction: column;
  align-items: stretch; height: auto; }
.truss-widget .truss-form-field .widget-label { width: auto; text-align: left;
  line-height: 1.6; height: auto; }
.truss-widget .truss-form-field.widget-inline-hbox > :not(label) {
  flex: 0 0 auto; width: 100%; }
.truss-widget .truss-form-field > select {
  height: var(--jp-widgets-inline-height, 28px); }
.truss-file { padding: 4px 2px; line-height: 1.4; }
.truss-widget .truss-table-head { font-weight: bold; white-space: normal;
  overflow-wrap: anywhere; align-self: end; }
.truss-widget .truss-typed.widget-inline-hbox input { flex: 0 0 5em; width: 5em; }
.truss-widget :is(.widget-box:has(> .truss-slider), .truss-slider,
  .truss-slider .widget-box) { overflow: visible; }
.truss-widget .truss-slider .widget-readout { display: none; position: absolute;
  z-index: 1; left: 100%; top: 0; min-width: 0; width: auto; padding: 0 4px;
  background: var(--jp-layout-color1, Canvas); }
.truss-widget .truss-slider:has(.noUi-active) .widget-readout { display: block; }
.truss-brief { white-space: normal; overflow-wrap: anywhere; min-width: 8em; }
.truss-chips { margin-top: 6px; }
.jp-NotebookPanel:has(.jp-Notebook-ExecutionIndicator[data-status="busy"])
  .truss-widget .jupyter-button:focus::after {
  content: " · waiting"; animation: truss-late .4s; }
@keyframes truss-late { from, 99% { font-size: 0; } }
.truss-widget .truss-chip { height: auto; border-radius: 14px; }
.truss-widget [class*="truss-picture"]::before { content: ""; display: inline-block;
  width: 40px; height: 40px; margin-right: 6px; vertical-align: middle;
  border-radius: 4px; background-position: center; background-size: cover; }
.truss-widget .jupyter-widgets-disconnected::before { content: none; }
.truss-widget.jupyter-widgets-disconnected > * { opacity: .5; pointer-events: none; }
.truss-widget.jupyter-widgets-disconnected::before { font: inherit; line-height: 1.4;
  content: "Nothing here answers any more, as after a restart of the kernel: run the"
  " notebook's cells again."; color: var(--jp-error-color1, rgb(211, 47, 47)); }
"""
