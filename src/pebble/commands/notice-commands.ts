import { durationProblem, parseDuration } from '../duration.ts';
import type { NoticeType } from '../types.ts';
import { type Arguments, expectArguments, type OptionRules, UsageError } from './arguments.ts';
import { formatOption, inFormat, type PebbleCommand, printed, timeOption } from './command.ts';
import { renderTable, renderTime } from './table.ts';

const userOption: OptionRules = { uid: { long: 'uid', value: true } };

export const noticeCommands: Readonly<Record<string, PebbleCommand>> = {
  notify: {
    summary: 'Record a custom notice',
    usage: 'pebble notify [--repeat-after=<duration>] <key> [<name=value>...]',
    options: { repeatAfter: { long: 'repeat-after', value: true } },
    async run(args, { client }) {
      expectArguments(args, ['key'], { atMost: Number.POSITIVE_INFINITY });
      const [key = '', ...pairs] = args.positional;
      const data = Object.fromEntries(
        pairs.map((pair) => {
          const at = pair.indexOf('=');
          if (at < 0) throw new UsageError(`data args must be in "name=value" format, not "${pair}"`);
          return [pair.slice(0, at), pair.slice(at + 1)];
        }),
      );
      const repeatAfterMs = durationOf(args.value('repeatAfter'), '--repeat-after');
      const id = await client.notify(key, { data, ...(repeatAfterMs === undefined ? {} : { repeatAfterMs }) });
      return printed(`Recorded notice ${id}\n`);
    },
  },
  notice: {
    summary: 'Fetch a single notice',
    usage: 'pebble notice [--uid=<uid>] [--format=<format>] <id-or-type> [<key>]',
    options: { ...formatOption, ...userOption },
    async run(args, { client }) {
      expectArguments(args, ['id-or-type'], { atMost: 2 });
      const [idOrType = '', key] = args.positional;
      const user = userOf(args);
      if (key === undefined && user.userId !== undefined) {
        throw new UsageError('cannot use --uid option when looking up notice by key');
      }
      const found =
        key === undefined
          ? [await client.notice(idOrType)]
          : await client.notices({ types: [idOrType as NoticeType], keys: [key], ...user });
      const notice = found.find((one) => one['user-id'] !== null) ?? found[0];
      if (!notice) throw new UsageError(`cannot find ${idOrType} notice with key "${key}"`);
      return inFormat(args.value('format') === 'json' ? 'json' : 'yaml', notice, () => printed(''));
    },
  },
  notices: {
    summary: 'List notices',
    usage:
      'pebble notices [--users=all] [--uid=<uid>] [--type=<type>] [--key=<key>] [--timeout=<duration>] [--abs-time] [--format=<format>]',
    options: {
      ...timeOption,
      ...formatOption,
      ...userOption,
      users: { long: 'users', value: true, choices: ['all'] },
      type: { long: 'type', value: true, many: true },
      key: { long: 'key', value: true, many: true },
      timeout: { long: 'timeout', value: true },
    },
    async run(args, { client, now }) {
      expectArguments(args, []);
      const timeoutText = args.value('timeout');
      const timeoutMs = durationOf(timeoutText, '--timeout');
      const notices = await client.notices({
        types: args.values('type') as readonly NoticeType[],
        keys: args.values('key'),
        allUsers: args.has('users'),
        ...userOf(args),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return inFormat(args.value('format'), { notices }, () => {
        if (notices.length === 0) {
          return printed(
            '',
            timeoutMs ? `No matching notices after waiting ${timeoutText}.\n` : 'No matching notices.\n',
          );
        }
        const absolute = args.has('absTime');
        const rows = notices.map((notice) => [
          notice.id,
          String(notice['user-id'] ?? 'public'),
          notice.type,
          notice.key.length > 32 ? `${notice.key.slice(0, 14)}...${notice.key.slice(-15)}` : notice.key,
          renderTime(notice['first-occurred'], { absolute, now }),
          renderTime(notice['last-repeated'], { absolute, now }),
          String(notice.occurrences),
        ]);
        return printed(renderTable([['ID', 'User', 'Type', 'Key', 'First', 'Repeated', 'Occurrences'], ...rows]));
      });
    },
  },
};

function userOf(args: Arguments): { userId?: number } {
  const text = args.value('uid');
  if (text === undefined) return {};
  if (/^\d+$/.test(text) && Number(text) < 2 ** 32) return { userId: Number(text) };
  throw new UsageError(
    `invalid argument for flag \`--uid' (expected *uint32): strconv.ParseUint: parsing "${text}": invalid syntax`,
  );
}

function durationOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === null) {
    throw new UsageError(`invalid argument for flag \`${option}' (expected time.Duration): ${durationProblem(text)}`);
  }
  return ms;
}
