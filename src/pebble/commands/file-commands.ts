import { readFile, stat, writeFile } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import type { FileInfo, Owner } from '../types.ts';
import { type Arguments, expectArguments, UsageError } from './arguments.ts';
import { formatOption, inFormat, type PebbleCommand, printed, timeOption } from './command.ts';
import { renderTable, renderTime } from './table.ts';

const ownerOptions = {
  uid: { long: 'uid', value: true },
  user: { long: 'user', value: true },
  gid: { long: 'gid', value: true },
  group: { long: 'group', value: true },
};

export const fileCommands: Readonly<Record<string, PebbleCommand>> = {
  ls: {
    summary: 'List path contents',
    usage: 'pebble ls [-d] [-l] [--abs-time] [--format=<format>] <path>',
    options: { ...timeOption, ...formatOption, itself: { short: 'd' }, long: { short: 'l' } },
    async run(args, { client, now }) {
      expectArguments(args, ['path']);
      const { path, pattern } = splitPattern(args.positional[0] as string);
      const files = await client.listFiles(path, { itself: args.has('itself'), ...(pattern ? { pattern } : {}) });
      return inFormat(args.value('format'), { files }, () => {
        if (!args.has('long')) return printed(files.map(({ name }) => `${name}\n`).join(''));
        return printed(renderTable(files.map((file) => longRow(file, { absolute: args.has('absTime'), now }))));
      });
    },
  },
  mkdir: {
    summary: 'Create a directory',
    usage: 'pebble mkdir [-p] [-m <mode>] <path>',
    options: { ...ownerOptions, parents: { short: 'p' }, mode: { short: 'm', value: true } },
    async run(args, { client }) {
      expectArguments(args, ['path']);
      const mode = args.value('mode');
      const permissions = mode === undefined ? {} : { permissions: modeOf(mode) };
      await client.makeDir(args.positional[0] as string, {
        ...ownerOf(args),
        ...permissions,
        makeParents: args.has('parents'),
      });
      return printed('');
    },
  },
  rm: {
    summary: 'Remove a file or directory',
    usage: 'pebble rm [-r] <path>',
    options: { recursive: { short: 'r' } },
    async run(args, { client }) {
      expectArguments(args, ['path']);
      await client.removePath(args.positional[0] as string, { recursive: args.has('recursive') });
      return printed('');
    },
  },
  push: {
    summary: 'Transfer a file to the remote system',
    usage: 'pebble push [-p] [-m <mode>] <local-path> <remote-path>',
    options: { ...ownerOptions, parents: { short: 'p' }, mode: { short: 'm', value: true } },
    async run(args, { client, cwd }) {
      expectArguments(args, ['local-path', 'remote-path']);
      const [local = '', remote = ''] = args.positional;
      const file = resolve(cwd, local);
      const content = await readFile(file).catch(refuse(`open ${local}`));
      const mode = args.value('mode');
      const permissions =
        mode === undefined ? ((await stat(file)).mode & 0o777).toString(8).padStart(3, '0') : modeOf(mode);
      await client.pushFile(remote, content, { ...ownerOf(args), permissions, makeDirs: args.has('parents') });
      return printed('');
    },
  },
  pull: {
    summary: 'Retrieve a file from the remote system',
    usage: 'pebble pull <remote-path> <local-path>',
    options: {},
    async run(args, { client, cwd }) {
      expectArguments(args, ['remote-path', 'local-path']);
      const [remote = '', local = ''] = args.positional;
      const content = await client.pullFile(remote);
      await writeFile(resolve(cwd, local), content).catch(refuse(`open ${local}`));
      return printed('');
    },
  },
  add: {
    summary: "Dynamically add a layer to the plan's layers",
    usage: 'pebble add [--combine] [--inner] <label> <layer-path>',
    options: { combine: { long: 'combine' }, inner: { long: 'inner' } },
    async run(args, { client, cwd }) {
      expectArguments(args, ['label', 'layer-path']);
      const [label = '', file = ''] = args.positional;
      const layer = await readFile(resolve(cwd, file), 'utf8').catch(refuse(`open ${file}`));
      await client.addLayer(label, layer, { combine: args.has('combine'), inner: args.has('inner') });
      return printed(`Layer "${label}" added successfully from "${file}"\n`);
    },
  },
};

/** A glob may stand in the last part of a path. */
function splitPattern(path: string): { path: string; pattern?: string } {
  const trimmed = path.replace(/\/+$/, '');
  const [dir, file] = [posix.dirname(trimmed), posix.basename(trimmed)];
  if (/[*?[]/.test(dir)) throw new UsageError('can only use globs on the last path element');
  return /[*?[]/.test(file) ? { path: dir, pattern: file } : { path };
}

function longRow(file: FileInfo, time: { absolute: boolean; now: Date }): string[] {
  const size = file.size === undefined ? '-' : sizeOf(file.size);
  return [
    modeText(file),
    file.user ?? '',
    file.group ?? '',
    size.padStart(6),
    renderTime(file['last-modified'], time),
    file.name,
  ];
}

function modeText(file: FileInfo): string {
  const letter = { directory: 'd', symlink: 'L', socket: 'S', 'named-pipe': 'p', device: 'D', file: '-', unknown: '?' }[
    file.type
  ];
  const bits = [...file.permissions].map((digit) => {
    const value = Number(digit);
    return `${value & 4 ? 'r' : '-'}${value & 2 ? 'w' : '-'}${value & 1 ? 'x' : '-'}`;
  });
  return letter + bits.join('');
}

/** Bytes in five places at most: `999B`, `1.23kB`, `12.3MB`. */
function sizeOf(bytes: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit += 1) value /= 1000;
  const text = unit === 0 ? String(value) : value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
  return `${text}${units[unit]}B`;
}

function modeOf(text: string): string {
  if (!/^[0-7]+$/.test(text)) throw new UsageError(`invalid mode for directory: "${text}"`);
  return text.padStart(3, '0');
}

function ownerOf(args: Arguments): Owner {
  const [uid, user, gid, group] = ['uid', 'user', 'gid', 'group'].map((name) => args.value(name));
  return {
    ...(uid === undefined ? {} : { 'user-id': Number(uid) }),
    ...(user === undefined ? {} : { user }),
    ...(gid === undefined ? {} : { 'group-id': Number(gid) }),
    ...(group === undefined ? {} : { group }),
  };
}

export function refuse(call: string): (error: Error) => never {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException;
    const text = { ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory' }[
      code ?? ''
    ];
    throw new UsageError(`${call}: ${text ?? error.message}`);
  };
}
