import { describe, expect, test } from 'vitest';
import type { PebbleApiError } from '../../../src/pebble/client.ts';
import { daemons } from './daemons.ts';

describe.each(daemons)('files of $name', ({ start }) => {
  test('are written with their mode and parents, read, listed and removed', async () => {
    await using daemon = await start();
    const { client, dir } = daemon;
    await client.pushFile(`${dir}/a/b/file`, Buffer.from([0, 255, 13, 10, 45, 45]), {
      makeDirs: true,
      permissions: '600',
    });
    expect([...(await client.pullFile(`${dir}/a/b/file`))]).toEqual([0, 255, 13, 10, 45, 45]);
    await client.pushFile(`${dir}/a/b/file`, 'second');
    expect((await client.pullFile(`${dir}/a/b/file`)).toString()).toBe('second');
    const [entry] = await client.listFiles(`${dir}/a/b`);
    expect(entry).toMatchObject({
      path: `${dir}/a/b/file`,
      name: 'file',
      type: 'file',
      size: 6,
      permissions: '644',
      'user-id': process.getuid?.(),
    });
    expect(entry?.['last-modified']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[-+]\d\d:\d\d)$/);
    expect(await client.listFiles(`${dir}/a`, { itself: true })).toMatchObject([
      { name: 'a', type: 'directory', permissions: '755' },
    ]);
    await client.makeDir(`${dir}/d`, { permissions: '700' });
    expect(await client.listFiles(dir, { pattern: '[a-d]' })).toMatchObject([
      { name: 'a' },
      { name: 'd', permissions: '700' },
    ]);
    await client.removePath(`${dir}/a`, { recursive: true });
    await client.removePath(`${dir}/a`, { recursive: true });
    expect((await client.listFiles(dir, { pattern: '[a-d]' })).map(({ name }) => name)).toEqual(['d']);
  });

  test('may have any name', async () => {
    await using daemon = await start();
    const { client, dir } = daemon;
    const name = 'two\nlines, "quotes" and 100%';
    await (await client.exec(['sh', '-c', 'printf found > "$0"', `${dir}/${name}`])).result;
    expect((await client.listFiles(dir)).map((file) => file.name)).toContain(name);
    expect((await client.pullFile(`${dir}/${name}`)).toString()).toBe('found');
  });

  test('say what is wrong', async () => {
    await using daemon = await start();
    const { client, dir } = daemon;
    const refused = (promise: Promise<unknown>) =>
      promise.then(
        () => 'taken',
        (error: PebbleApiError) => `${error.kind}: ${error.message.replaceAll(dir, 'DIR')}`,
      );
    expect(await refused(client.pullFile(`${dir}/none`))).toBe('not-found: stat DIR/none: no such file or directory');
    expect(await refused(client.pullFile(dir))).toBe('generic-file-error: can only read a regular file: "DIR"');
    expect(await refused(client.pullFile('relative'))).toBe(
      'generic-file-error: paths must be absolute, got "relative"',
    );
    expect(await refused(client.listFiles(`${dir}/none`))).toBe('not-found: stat DIR/none: no such file or directory');
    expect(await refused(client.listFiles('x'))).toBe(': path must be absolute, got "x"');
    expect(await refused(client.removePath(`${dir}/none`))).toBe(
      'not-found: remove DIR/none: no such file or directory',
    );
    expect(await refused(client.pushFile(`${dir}/x`, '', { permissions: '64' }))).toBe(
      'generic-file-error: permissions must be a 3-digit octal string, got "64"',
    );
    expect(await refused(client.pushFile(`${dir}/x`, '', { user: 'nobody-of-that-name' }))).toBe(
      'generic-file-error: cannot look up user and group: user: unknown user nobody-of-that-name',
    );
    await client.makeDir(`${dir}/d`);
    expect(await refused(client.makeDir(`${dir}/d`))).toBe('generic-file-error: mkdir DIR/d: file exists');
    expect(await refused(client.makeDir(`${dir}/d`, { makeParents: true }))).toBe('taken');
    expect(await refused(client.makeDir(`${dir}/e/f`))).toMatch(/^not-found: .*DIR\/e.*: no such file or directory$/);
    expect(await refused(client.pushFile(`${dir}/e/f`, ''))).toMatch(
      /^not-found: .*DIR\/e.*: no such file or directory$/,
    );
    await client.pushFile(`${dir}/d/x`, '');
    expect(await refused(client.makeDir(`${dir}/d/x`))).toBe('generic-file-error: mkdir DIR/d/x: not a directory');
    expect(await refused(client.removePath(`${dir}/d/x/y`))).toBe(
      'generic-file-error: remove DIR/d/x/y: not a directory',
    );
    expect(await refused(client.listFiles(`${dir}/d\0`))).toBe('generic-file-error: stat DIR/d\0: invalid argument');
    expect(await refused(client.removePath(`${dir}/d`))).toBe('generic-file-error: remove DIR/d: directory not empty');
  });

  test('bodies that are no files are refused', async () => {
    await using daemon = await start();
    const refused = (promise: Promise<unknown>) =>
      promise.catch((error: PebbleApiError) => `${error.statusCode} ${error.message}`);
    const { client } = daemon;
    expect(await refused(client.call('POST', '/v1/files', { action: 'write' }))).toBe(
      '400 must use multipart with "write" action',
    );
    expect(await refused(client.call('POST', '/v1/files', { action: 'x' }))).toBe('400 invalid action "x"');
    expect(await refused(client.call('GET', '/v1/files?action=x'))).toBe('400 invalid action "x"');
    expect(await refused(client.call('GET', '/v1/files?action=read'))).toBe('400 must specify one or more paths');
    expect(await refused(client.call('GET', '/v1/files?action=read&path=/x'))).toBe(
      '400 must accept multipart/form-data',
    );
    expect(await refused(client.call('GET', '/v1/files?action=list'))).toBe('400 must specify path');
  });
});
