"""What the widget looks like; every colour is the page's own where it has one.

It holds for the widget, and for the copy of its last run in the notebook's file, which
``&`` stands for; its repeated class outweighs what a front end says of any table.
"""

STYLE = """
.truss-widget, .truss-copy { container-type: inline-size; }
.truss-widget .widget-html-content { min-width: 0; }
.truss-result, .truss-part { line-height: 1.4; }
.truss-tabs { margin-bottom: 8px;
  border-bottom: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .5)); }
.truss-tabs .widget-toggle-button { background: transparent; box-shadow: none;
  color: var(--jp-ui-font-color2, inherit); border-bottom: 2px solid transparent; }
.truss-tabs .widget-toggle-button.mod-active { font-weight: 600; box-shadow: none;
  color: var(--jp-ui-font-color1, inherit);
  border-bottom-color: var(--jp-brand-color1, rgb(25, 118, 210)); }
.truss-stages { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.truss-stage { flex: 1 1 auto; box-sizing: border-box; max-width: 100%;
  min-width: min(100%, 150px); }
.truss-stage, .truss-answer, .truss-part {
  border: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .5));
  border-radius: 4px; padding: 6px 8px; overflow-x: auto; }
.truss-answer, .truss-part { margin: 8px 0; min-width: 0; }
.truss-answer { padding: 10px 12px; }
& h4 { margin: 0 0 4px; font-size: 1em; font-weight: 600; line-height: 1.4; }
.truss-stage small, .truss-answer small, .truss-note, .truss-summary, .truss-place {
  font-weight: normal; color: var(--jp-ui-font-color2, inherit); }
.truss-large { font-size: 1.3em; margin: 4px 0 8px; }
.truss-waiting, .truss-unreached { opacity: .6; }
.truss-failed { flex-basis: 100%; }
.truss-failed { border-color: var(--jp-error-color1, rgb(211, 47, 47)); }
.truss-running { border-color: var(--jp-brand-color1, rgb(25, 118, 210)); }
.truss-bad { color: var(--jp-error-color1, rgb(211, 47, 47)); }
.truss-fair { color: var(--jp-warn-color0, rgb(230, 81, 0)); }
.truss-good { color: var(--jp-success-color0, rgb(56, 142, 60)); }
.truss-status, .truss-message { white-space: pre-wrap; line-height: 1.4; }
& :is(pre, code) { background: transparent; padding: 0;
  color: inherit; font-family: var(--jp-code-font-family, monospace); }
& pre { margin: 4px 0; white-space: pre-wrap; word-break: normal;
  overflow-wrap: break-word; max-height: 24em; overflow: auto;
  font-size: var(--jp-code-font-size, 13px); }
& :is(.truss-text, .truss-large pre, .truss-large code) {
  font-size: inherit; font-family: inherit; }
& .truss-text { margin: 0; max-width: 72ch; }
& .truss-error pre { white-space: pre; }
& summary { cursor: pointer; }
.truss-here { font-weight: bold; }
& .truss-facts { border-collapse: collapse; width: auto; margin: 0; }
& .truss-facts > tbody > tr > * { text-align: left; vertical-align: top;
  padding: 1px 12px 1px 0; font-weight: normal; border: none; max-width: 60vw; }
& .truss-facts > tbody > tr > th { color: var(--jp-ui-font-color2, inherit); }
.truss-tree ul { margin: 0; padding-left: 1.2em; list-style: none; }
.truss-image { image-rendering: pixelated; min-width: 96px; max-width: 100%;
  max-height: 260px; object-fit: contain; margin: 2px; vertical-align: top; }
.truss-large .truss-image { max-height: 420px; }
.truss-plot { width: 320px; max-width: 100%; display: block; }
.truss-large .truss-plot { width: 480px; }
.truss-stage > .truss-plot + .truss-note { display: none; }
& table { table-layout: auto; margin: 0; font-size: inherit; }
& tr { background: none; }
.truss-bars { border-collapse: collapse; }
& .truss-bars th { text-align: right; font-weight: normal; padding-right: 6px;
  overflow-wrap: break-word; }
.truss-bars .truss-track { width: 120px; }
.truss-large .truss-bars .truss-track { width: min(320px, 40cqw); }
.truss-bars td:last-child { padding-left: 6px; font-variant-numeric: tabular-nums; }
.truss-bar { height: .8em; min-width: 1px;
  background: var(--jp-brand-color1, rgb(25, 118, 210)); }
& .truss-table { border-collapse: collapse; font-size: .9em; }
& .truss-table :is(th, td) { padding: 1px 6px; text-align: left;
  overflow-wrap: break-word; vertical-align: top; max-width: 32em;
  border-bottom: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .5)); }
& .truss-table tbody th { font-weight: normal;
  color: var(--jp-ui-font-color2, inherit); }
& .truss-table caption { caption-side: bottom; text-align: left; padding: 2px 6px; }
& .truss-part :is(td, th):not(:last-child), .truss-number { max-width: none;
  white-space: nowrap; }
& .truss-table .truss-number { text-align: right; font-variant-numeric: tabular-nums; }
:is(.truss-stage, .truss-large) .truss-table { width: max-content; }
& .truss-large .truss-table { font-size: .8em; }
""".replace("&", ":is(.truss-widget, .truss-copy.truss-copy.truss-copy)")
