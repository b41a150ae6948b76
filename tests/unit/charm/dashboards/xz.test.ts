import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { xzBase64 } from '../../../../charm/dashboards/xz.ts';

const texts = ['', 'a', 'x'.repeat(65_536), 'x'.repeat(65_537), 'ü✓'.repeat(60_000)];
const read = [
  'import base64, json, lzma, sys',
  'print(json.dumps([lzma.decompress(base64.b64decode(text)).decode() for text in json.load(sys.stdin)]))',
];

test("Python's lzma reads what was written, be it nothing, a whole chunk or several", (context) => {
  const input = JSON.stringify(texts.map(xzBase64));
  const ran = spawnSync('python3', ['-c', read.join('\n')], { input, maxBuffer: 1e8, encoding: 'utf8' });
  if (ran.status !== 0 && /ENOENT|No module named/.test(`${ran.error}${ran.stderr}`)) {
    console.warn('skipped: no python3 with lzma, so that nobody reads the xz files here');
    context.skip();
  }
  expect(ran.stderr).toBe('');
  expect(JSON.parse(ran.stdout)).toEqual(texts);
});
