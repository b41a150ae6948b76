import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readLayerFiles } from '../../../../src/supervisor/plan/layer-files.ts';

/** A directory with these files, each of which holds its own path. */
function directory(...paths: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  return root;
}

test('layers come in the order of their numbers, those of a directory in its place', () => {
  const dir = directory(
    '030-last.yaml',
    '010-base.yaml',
    '020-more.d/002-two.yaml',
    '020-more.d/001-one.yaml',
    'README',
  );
  expect(readLayerFiles(dir)).toEqual([
    { label: 'base', text: '010-base.yaml' },
    { label: 'more/one', text: '020-more.d/001-one.yaml' },
    { label: 'more/two', text: '020-more.d/002-two.yaml' },
    { label: 'last', text: '030-last.yaml' },
  ]);
  expect(readLayerFiles(join(dir, 'none'))).toEqual([]);
});

test.each([
  ['1-web.yaml', 'invalid layer filename: "1-web.yaml" (must look like "123-some-label.yaml")'],
  ['001-x.yaml', 'invalid layer filename: "001-x.yaml" (must look like "123-some-label.yaml")'],
  ['web.d/001-web.yaml', 'invalid layer sub-directory name: "web.d" (must look like "123-some-label.d")'],
  ['001-web.d/001-web.d/001-web.yaml', 'cannot have a layers sub-directory at this level'],
])('%s is refused', (path, message) => {
  const dir = directory(path);
  expect(() => readLayerFiles(dir)).toThrow(message);
});

test('a number or a label that occurs twice is refused', () => {
  const refused = 'invalid layer filename: "002-web.yaml" not unique (have "001-web.yaml" already)';
  const dir = directory('001-web.yaml', '002-web.yaml');
  expect(() => readLayerFiles(dir)).toThrow(refused);
});
