/** `npm run docs:demo`: runs `./charmlet demo` on a terminal and draws what it showed as docs/demo.svg. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const columns = 160;
const fontSize = 13;
const lineHeight = 18;
const charWidth = fontSize * 0.6;

const ran = spawnSync(
  'script',
  ['--quiet', '--return', '--command', `stty cols ${columns}; exec ./charmlet demo`, '/dev/null'],
  {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  },
);
if (ran.status !== 0) {
  console.error(`cannot record the demo: it ended with code ${ran.status}\n${ran.stdout}`);
  process.exit(1);
}
writeFileSync('docs/demo.svg', draw(lastStates(ran.stdout)));

/** What stands on the screen at the end: a line that was rewritten counts as it was last. */
function lastStates(output: string): string[] {
  const lines = output.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => stripVTControlCharacters(line.split('\r').at(-1) ?? '').trimEnd());
}

function draw(lines: readonly string[]): string {
  const width = Math.ceil(columns * charWidth) + 40;
  const height = lines.length * lineHeight + 40;
  const text = lines.map((line, index) => {
    const colour = line.startsWith('$ ') ? '#9ece6a' : line.startsWith('# ') ? '#7f849c' : '#cdd6f4';
    return `<text x="20" y="${30 + index * lineHeight}" fill="${colour}" xml:space="preserve">${escapeXml(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontSize}">
<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>
${text.join('\n')}
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
