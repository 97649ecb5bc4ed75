/** What the dashboard looks like: one stylesheet, light and dark, from 360 px to wide. */
export const STYLE: string = `:root {
  color-scheme: light dark;
  --page: #f5f6f8; --panel: #fff; --raised: #eef0f4; --line: #dfe3ea; --edge: #8a93a3;
  --text: #171c26; --muted: #566070; --accent: #2f54c9; --on-accent: #fff; --focus: #2f54c9;
  --good: #0f6b45; --bad: #b3261e; --waiting: #7d5400; --person: #6b3fb5;
  --bar-good: #2f9e6e; --bar-bad: #d3483f; --bar-waiting: #d79a2b; --bar-person: #9a74dd; --bar-quiet: #a9b8dd;
  --tint: 9%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --panel: #161a21; --raised: #1f252e; --line: #2a313c; --edge: #6d7788;
    --text: #e5e9f0; --muted: #9aa5b5; --accent: #93b0ff; --on-accent: #0c1330; --focus: #93b0ff;
    --good: #62d09c; --bad: #ff8f86; --waiting: #e9b95c; --person: #c5a8ff;
    --bar-good: #3fae7c; --bar-bad: #e2655c; --bar-waiting: #d9a441; --bar-person: #a884ea; --bar-quiet: #4a5a86;
    --tint: 14%;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 5rem; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
:lang(ko) { word-break: keep-all; }
h1, h2, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -.015em; font-weight: 650; }
h2 { font-size: 1rem; line-height: 1.4; font-weight: 650; }
b { font-weight: 600; }
code { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: 0; }
[hidden] { display: none !important; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: fixed; left: 1rem; top: -4rem; z-index: 2; background: var(--panel); padding: .5rem 1rem; border-radius: 6px; }
.skip:focus { top: .5rem; }

header { background: var(--panel); border-bottom: 1px solid var(--line); z-index: 1; }
.bar, main { max-width: 1120px; margin: 0 auto; padding: 0 1.25rem; }
.bar { display: flex; align-items: center; gap: .25rem 1.5rem; min-height: 3.25rem; flex-wrap: wrap; }
.brand { display: flex; align-items: center; gap: .5rem; font-weight: 650; letter-spacing: -.01em; color: var(--text); text-decoration: none; }
.brand svg { color: var(--accent); }
header nav { display: flex; gap: .25rem; align-self: stretch; }
header nav a { display: flex; align-items: center; padding: 0 .65rem; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; border-top: 2px solid transparent; }
header nav a:hover { color: var(--text); }
header nav a[aria-current] { color: var(--text); border-bottom-color: var(--accent); font-weight: 550; }
.tools, .tools form { display: flex; align-items: center; gap: .25rem; }
.tools { margin-left: auto; gap: .5rem; }
.role { color: var(--muted); font-size: .85rem; padding: 0 .5rem; border-left: 1px solid var(--line); }
main { padding-top: 1.5rem; padding-bottom: 4rem; display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
#job { display: contents; }
.narrow { width: 100%; max-width: 27rem; margin: 8vh auto 0; display: grid; gap: 1rem; }
.lead, .subtitle, .quiet-text, .hint { color: var(--muted); }
.hint, .quiet-text { font-size: .87rem; }
.bad-text { color: var(--bad); font-size: .9rem; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; }
.stack { display: grid; gap: .6rem; align-content: start; }
.stack label { font-weight: 550; font-size: .9rem; }

input, select, textarea, button, .button { font: inherit; color: inherit; border-radius: 7px; min-height: 2.35rem; padding: .3rem .75rem; }
input, select, textarea { background: var(--page); border: 1px solid var(--edge); width: 100%; }
textarea { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; resize: vertical; padding: .5rem .75rem; }
input::placeholder { color: var(--muted); opacity: 1; }
[aria-invalid] { border-color: var(--bad); }
button, .button { display: inline-flex; align-items: center; justify-content: center; background: var(--panel); border: 1px solid var(--line); font-weight: 550; cursor: pointer; text-decoration: none; color: var(--text); white-space: nowrap; }
button:hover, .button:hover { background: var(--raised); }
button:disabled { cursor: progress; opacity: .75; }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.primary:hover { background: color-mix(in srgb, var(--accent) 88%, var(--text)); }
.danger { background: var(--bad); border-color: var(--bad); color: var(--page); }
.danger:hover { background: color-mix(in srgb, var(--bad) 88%, var(--text)); }
.danger-text { color: var(--bad); }
.quiet { background: none; border-color: transparent; color: var(--muted); font-weight: 450; padding: .3rem .5rem; }
.quiet:hover { color: var(--text); }

.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; min-width: 0; }
.panel > h2 { margin-bottom: .75rem; }
.panel-head { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1.25rem; margin-bottom: .9rem; }
.panel-head > :last-child { margin-left: auto; }
.note { border: 1px solid var(--line); border-left: 3px solid var(--accent); background: var(--panel); border-radius: 6px; padding: .65rem 1rem; }
.note.good { border-left-color: var(--good); }
.note.bad { border-left-color: var(--bad); background: color-mix(in srgb, var(--bad) 7%, var(--panel)); }
.broken-note p { display: flex; align-items: center; gap: .5rem; }
.subtitle { display: flex; flex-wrap: wrap; align-items: center; gap: .1rem .4rem; padding-top: .2rem; }
.broken-note { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem; font-weight: 550; }
.empty { text-align: center; padding: 2.5rem 1rem; color: var(--muted); display: grid; gap: .35rem; justify-items: center; }
.empty-title { color: var(--text); font-weight: 600; }
.title { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 1rem; }

.connected, .recovered, .good { --tone: var(--good); }
.broken, .failed, .bad { --tone: var(--bad); }
.paused, .waiting { --tone: var(--waiting); }
.reauthorization_required, .person { --tone: var(--person); }
.icon { flex: none; color: var(--tone, var(--muted)); }
.badge { display: inline-flex; align-items: center; gap: .35rem; padding: .08rem .55rem .08rem .45rem; border-radius: 99px; font-size: .85rem; font-weight: 550; white-space: nowrap; color: var(--tone, var(--muted)); background: color-mix(in srgb, var(--tone, var(--muted)) var(--tint), var(--panel)); }
.job-done { --tone: var(--good); }
.job-running, .job-listing { --tone: var(--accent); }
.pulse { width: .5rem; height: .5rem; border-radius: 50%; background: var(--tone); animation: pulse 1.6s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { .pulse { animation: none; } }

.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .75rem; }
.tile { display: grid; gap: .1rem; padding: .8rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; color: var(--text); text-decoration: none; }
.tile:hover { border-color: var(--edge); }
.tile[aria-current] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.tile-name { display: flex; align-items: center; gap: .4rem; font-size: .87rem; color: var(--muted); }
.tile-count { font-size: 1.75rem; line-height: 1.2; font-weight: 620; letter-spacing: -.02em; color: var(--tone, var(--text)); }
.tile.connected .tile-count { color: var(--text); }
.tile.zero .tile-count { color: var(--muted); font-weight: 450; }
.tile.zero .icon { color: var(--muted); }

.activity { display: grid; gap: .25rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .87rem; color: var(--muted); }
.legend b { color: var(--text); }
.swatch { display: inline-block; width: .65rem; height: .65rem; border-radius: 2px; margin-right: .4rem; background: var(--bar-quiet); }
.recovered .swatch { background: var(--bar-good); }
.failed .swatch { background: var(--bar-bad); }
.ranges { display: flex; gap: .15rem; font-size: .87rem; }
.ranges a { color: var(--muted); text-decoration: none; padding: .15rem .55rem; border-radius: 6px; }
.ranges a:hover { background: var(--raised); }
.ranges a[aria-current] { background: var(--raised); color: var(--text); font-weight: 550; }
.chart svg { display: block; width: 100%; height: 88px; }
.chart path { stroke: var(--line); fill: none; vector-effect: non-scaling-stroke; }
.chart .axis { stroke: var(--edge); }
.chart rect { fill: var(--bar-quiet); }
.chart .recovered, [data-part].recovered { fill: var(--bar-good); }
.chart .failed, [data-part].failed { fill: var(--bar-bad); }
[data-part].paused { fill: var(--bar-waiting); }
[data-part].reauthorization_required { fill: var(--bar-person); }
.chart .hover { fill: transparent; }
.chart g:hover .hover { fill: var(--raised); }
.chart { position: relative; }
.chart-most { position: absolute; left: 0; top: 0; font-size: .78rem; line-height: 1; padding: .25rem .35rem .25rem 0; color: var(--muted); background: var(--panel); }
.chart-scale { display: flex; justify-content: space-between; font-size: .78rem; color: var(--muted); padding-top: .3rem; }
details { font-size: .87rem; color: var(--muted); }
summary { cursor: pointer; width: fit-content; }
.scroll { max-height: 15rem; overflow: auto; margin-top: .5rem; }

.search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.search input { width: 15rem; flex: 1 1 10rem; }
.search select { width: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem; font-weight: inherit; vertical-align: top; }
thead th { font-size: .82rem; color: var(--muted); font-weight: 500; padding-top: .1rem; padding-bottom: .45rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead a { color: inherit; text-decoration: none; }
thead a:hover { text-decoration: underline; }
[aria-sort] { color: var(--text); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.cards tbody tr:hover { background: color-mix(in srgb, var(--raised) 55%, transparent); }
th:first-child, td:first-child { padding-left: .35rem; }
th:last-child, td:last-child { padding-right: .35rem; }
.cards td { white-space: nowrap; }
.cards td.why { white-space: normal; min-width: 12rem; }
.name code, .id { display: block; max-width: 20rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.docs th[scope=row] { min-width: 19rem; }
.number { text-align: right; }
.name { font-weight: 550; color: var(--text); text-decoration: none; }
.name:hover { text-decoration: underline; color: var(--accent); }
.id { color: var(--muted); font-size: .8rem; }
.pager { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; padding-top: .9rem; font-size: .9rem; color: var(--muted); }
.pager span { margin-right: auto; }
.plain { width: auto; min-width: min(100%, 32rem); }

.copyable { display: inline-flex; align-items: center; gap: .4rem; max-width: 100%; }
.copyable.long { display: flex; align-items: flex-start; justify-content: space-between; background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: .4rem .5rem .4rem .75rem; }
.copy { min-height: 1.5rem; padding: 0 .5rem; font-size: .78rem; font-weight: 500; color: var(--muted); border-radius: 5px; }
.copy.done { color: var(--good); border-color: currentColor; }
.cards .copyable code { display: inline-block; max-width: 8.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.standing { border-left: 3px solid var(--tone, var(--edge)); display: grid; gap: .6rem; justify-items: start; }
.standing > * { max-width: 100%; }
.trouble { display: grid; gap: .3rem; padding-top: .6rem; border-top: 1px solid var(--line); width: 100%; }
.trouble b, .authorize b { font-weight: 550; margin-right: .35rem; }
.authorize { display: grid; gap: .4rem; width: 100%; }
.columns { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1.25rem; align-items: start; }
.columns dl { display: grid; gap: .7rem; }
.columns dt { color: var(--muted); font-size: .82rem; }
.scopes { display: flex; flex-wrap: wrap; gap: .3rem; padding-top: .2rem; }
.scopes code { background: var(--raised); border-radius: 4px; padding: .05rem .4rem; display: block; }
.timeline li { position: relative; padding: 0 0 1.1rem 1.35rem; display: grid; gap: .05rem; }
.timeline li::before { content: ""; position: absolute; left: 0; top: .42rem; width: .65rem; height: .65rem; border-radius: 50%; background: var(--tone, var(--edge)); box-shadow: 0 0 0 3px var(--panel); z-index: 1; }
.timeline li:not(:last-child)::after { content: ""; position: absolute; left: .28rem; top: .8rem; bottom: -.4rem; width: 1px; background: var(--line); }
.timeline li:last-child { padding-bottom: 0; }
.when { font-size: .82rem; color: var(--muted); }
.why { font-size: .9rem; }
.trace { font-size: .85rem; }

.choices { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem; }
.choice form { height: calc(100% - 2.2rem); }
.choice.ids { grid-column: 1 / -1; }
.choice button { justify-self: start; }
.choice ul { padding: .25rem 0 0 1rem; list-style: disc; }
.progress { display: grid; gap: .8rem; }
.progress-count { font-size: 1.05rem; color: var(--muted); display: flex; gap: .4rem; align-items: baseline; }
.progress-count b { font-size: 1.9rem; line-height: 1.1; color: var(--text); letter-spacing: -.02em; }
.percent { margin-left: auto; }
.progress svg:not(.icon) { display: block; border-radius: 7px; background: var(--raised); box-shadow: inset 0 0 0 1px var(--line); }
.counts { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .75rem; }
.counts dt { display: flex; align-items: center; gap: .35rem; font-size: .85rem; color: var(--muted); }
.counts dd { font-size: 1.3rem; font-weight: 600; line-height: 1.3; }

@media (min-width: 721px) { header { position: sticky; top: 0; } }
@media (max-width: 720px) {
  .bar, main { padding-left: .9rem; padding-right: .9rem; }
  .bar { padding-top: .35rem; gap: .1rem .5rem; }
  .tools { gap: .1rem; font-size: .9rem; }
  .tools .quiet { padding: .3rem .4rem; }
  .role { padding: 0 .3rem; border: 0; }
  header nav { order: 3; width: 100%; min-height: 2.4rem; margin: 0 -.65rem; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
  .tile { padding: .6rem .8rem; }
  .tile.all { grid-column: 1 / -1; display: flex; justify-content: space-between; align-items: baseline; }
  .tile-count { font-size: 1.45rem; }
  .panel { padding: .9rem; }
  .panel-head > :last-child { margin-left: 0; }
  .search { width: 100%; }
  .columns, .choices { grid-template-columns: minmax(0, 1fr); }
  .counts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards, .cards tbody { display: block; }
  .cards tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .75rem; align-items: start; padding: .65rem 0; border-top: 1px solid var(--line); }
  .cards tbody :is(th, td) { display: block; grid-column: 1 / -1; border: 0; padding: 0; white-space: normal; text-align: left; min-width: 0; }
  .cards tbody th { grid-column: 1; }
  .cards tbody td:nth-child(2) { grid-column: 2; }
  .cards tbody td[data-label] { display: flex; flex-wrap: wrap; gap: 0 .75rem; justify-content: space-between; font-size: .87rem; }
  .cards tbody td[data-label]::before { content: attr(data-label); color: var(--muted); }
  .cards tbody td.why { display: block; }
  .cards tbody td.why::before { display: block; }
  .cards tbody td:empty { display: none; }
  .docs th[scope=row] { min-width: 0; }
  .docs td:nth-child(2)::before { display: none; }
  .broken-note form, .broken-note button { width: 100%; }
}
`;
