"""What the widget looks like; every colour is the page's own where it has one."""

STYLE = """
.truss-widget { container-type: inline-size; }
.truss-stages { display: grid; gap: 8px; margin: 8px 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); }
.truss-stage, .truss-answer, .truss-error {
  border: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .5));
  border-radius: 4px; padding: 6px 8px; min-width: 0; overflow-x: auto;
  line-height: 1.4; }
.truss-stage h4, .truss-answer h4 { margin: 0 0 4px; font-size: 1em; }
.truss-stage small, .truss-answer small, .truss-note, .truss-summary, .truss-place {
  font-weight: normal; color: var(--jp-ui-font-color2, inherit); }
.truss-answer { margin-bottom: 8px; }
.truss-waiting { opacity: .6; }
.truss-failed, .truss-error {
  border-color: var(--jp-error-color1, rgb(211, 47, 47)); }
.truss-running { border-color: var(--jp-brand-color1, rgb(25, 118, 210)); }
.truss-bad { color: var(--jp-error-color1, rgb(211, 47, 47)); }
.truss-fair { color: var(--jp-warn-color0, rgb(230, 81, 0)); }
.truss-good { color: var(--jp-success-color1, rgb(56, 142, 60)); }
.truss-status, .truss-message { white-space: pre-wrap; line-height: 1.4; }
.truss-upload-limit .truss-message { font-size: .9em;
  color: var(--jp-ui-font-color2, inherit); }
.truss-widget pre { margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere;
  max-height: 24em; overflow: auto; background: transparent; color: inherit;
  font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-code-font-size, 13px); }
.truss-failed { grid-column: 1 / -1; }
.truss-widget .truss-error pre { white-space: pre; }
.truss-here { font-weight: bold; }
.truss-tree ul { margin: 0; padding-left: 1.2em; list-style: none; }
.truss-widget summary { cursor: pointer; }
.truss-image { image-rendering: pixelated; min-width: 96px; max-width: 100%;
  max-height: 260px; object-fit: contain; margin: 2px;
  vertical-align: top; }
.truss-plot { width: 100%; max-width: 320px; display: block; }
.truss-bars { width: 100%; border-collapse: collapse; }
.truss-bars th { text-align: right; font-weight: normal; padding-right: 6px;
  overflow-wrap: anywhere; }
.truss-track { width: 35%; }
.truss-bars td:last-child { padding-left: 6px; }
.truss-bar { height: .8em; min-width: 1px;
  background: var(--jp-brand-color1, rgb(25, 118, 210)); }
.truss-graph { width: 100%; display: block; }
.truss-table { border-collapse: collapse; font-size: .9em; }
.truss-table th, .truss-table td { padding: 1px 6px; text-align: left;
  overflow-wrap: break-word; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2, rgba(128, 128, 128, .5)); }
"""
