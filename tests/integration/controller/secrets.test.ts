import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/controller/api.ts';
import { TestController, until, writeCharm } from './controller.ts';

let controller: TestController;
let charms: string;

beforeAll(async () => {
  controller = new TestController();
  charms = join(controller.scratch, 'charms');
  await controller.start();
});
afterAll(() => controller?.destroy());

const options = { 'config.yaml': 'options: {secret: {type: string}}\n' };
/** Reads the secret that the option names, the newest revision after a change, and says what it has read. */
const reading = [
  'id=$(config-get secret)',
  'how=; [ "$event" = secret-changed ] && how=--refresh',
  'if [ -n "$id" ] && value=$(secret-get "$id" key1 $how 2>&1); then status-set active "$value"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
  'else status-set blocked "${value:-no secret}"; fi',
].join('\n');

const add = async (name: string, ...words: string[]): Promise<string> =>
  `secret:${(await controller.call('addSecret', { name, info: '', content: { words } })).id}`;
const update = (secret: string, ...words: string[]) => controller.call('updateSecret', { secret, content: { words } });

describe('a user secret', () => {
  test('is read by a unit of an application that it is granted to, which is told of a new revision and of nothing else', async () => {
    const charm = writeCharm(join(charms, 'reader'), { name: 'reader', body: reading, files: options });
    await controller.deploy(charm, { units: 2 });
    await controller.waitForTold('reader/1', 'start');
    const id = await add('first', 'key1=value1', 'key2=value2');
    await controller.config('reader', { secret: id });
    for (const unit of ['reader/0', 'reader/1'])
      await controller.waitForUnit(unit, 'blocked', 'ERROR permission denied');

    await controller.call('grantSecret', { secret: 'first', applications: ['reader'] });
    expect(await controller.exec('reader/0', `secret-get ${id} --format=json`)).toBe(
      '{"key1":"value1","key2":"value2"}\n',
    );
    expect(controller.told('reader/0').filter((event) => event.startsWith('secret'))).toEqual([]);
    await update('first', 'key1=value3');
    await controller.waitForUnit('reader/0', 'active', 'value3');
    // The other unit has never read it.
    await controller.exec('reader/1', 'true');
    expect(controller.told('reader/1').filter((event) => event.startsWith('secret'))).toEqual([]);

    await controller.call('revokeSecret', { secret: 'first', applications: ['reader'] });
    expect(await controller.exec('reader/0', `secret-get ${id} 2>&1 || true`)).toBe('ERROR permission denied\n');
    expect(controller.told('reader/0').filter((event) => event.startsWith('secret'))).toEqual(['secret-changed']);
    await controller.call('removeSecret', { secret: 'first', revision: null });
    expect(await controller.exec('reader/0', `secret-get ${id} 2>&1 || true`)).toContain('not found');
  });

  test('that changes often while a unit is busy and the controller dies is told once, and the newest content is read', async () => {
    const go = join(controller.scratch, 'go');
    await controller.deploy(writeCharm(join(charms, 'busy'), { name: 'busy', body: reading, files: options }));
    const id = await add('often', 'key1=v0');
    await controller.call('grantSecret', { secret: id, applications: ['busy'] });
    await controller.config('busy', { secret: id });
    await controller.waitForUnit('busy/0', 'active', 'v0');
    const waiting = controller
      .call('exec', {
        units: ['busy/0'],
        command: `: >${go}.waits; while [ ! -e ${go} ]; do sleep 0.02; done`,
        waitMs: 20_000,
        background: false,
      })
      .catch(() => {});
    await until('the unit is busy', async () => existsSync(`${go}.waits`));
    for (let value = 1; value <= 5; value += 1) await update(id, `key1=v${value}`);
    await controller.kill();
    await waiting;
    writeFileSync(go, '');
    await controller.start();
    await controller.waitForUnit('busy/0', 'active', 'v5');
    expect(controller.told('busy/0').filter((event) => event === 'secret-changed')).toHaveLength(1);
  });
});

describe('a charm’s own secret', () => {
  const body = [
    'case $event in',
    'install) echo one >content; secret-add --label own --rotate daily --expire 2099-01-01T00:00:00Z key1#file=content ;;',
    'secret-rotate) echo two >content; secret-set "$JUJU_SECRET_ID" key1#file=content ;;',
    'secret-remove) secret-remove "$JUJU_SECRET_ID" --revision "$JUJU_SECRET_REVISION" ;;',
    'esac',
    'case $event in secret-*) echo "$event $JUJU_SECRET_LABEL $JUJU_SECRET_REVISION" >>"$JUJU_CHARM_DIR/../secrets" ;; esac',
  ].join('\n');
  const seen = (unit: string): string[] => {
    const file = join(controller.paths.data, 'units', unit.replace('/', '-'), 'secrets');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  };

  test('that was due while no controller ran is told at the next start, once', async () => {
    await controller.deploy(writeCharm(join(charms, 'owner'), { name: 'owner', body }));
    await controller.waitForTold('owner/0', 'start');
    const own = (await controller.call('secrets', { owner: 'application-owner' })).secrets[0];
    expect(own).toMatchObject({ label: 'own', rotation: 'daily', expires: '2099-01-01T00:00:00Z', revision: 1 });
    await controller.kill();
    const db = new DatabaseSync(join(controller.paths.data, 'model.db'));
    db.exec("UPDATE secrets SET rotates = '2020-01-01T00:00:00.000Z'");
    db.exec("UPDATE secret_revisions SET expires = '2020-01-01T00:00:00.000Z' WHERE expires IS NOT NULL");
    db.close();
    await controller.start();
    await controller.waitForTold('owner/0', 'secret-remove');
    await controller.exec('owner/0', 'true');
    expect(seen('owner/0').sort()).toEqual(['secret-expired own 1', 'secret-remove own 1', 'secret-rotate own ']);
    const after = (await controller.call('showSecret', { secret: own!.id, revision: 0, reveal: false })).secrets[0];
    expect(after?.revisions.map(({ revision }) => revision)).toEqual([2]);
    expect(Date.parse(after?.rotates ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  test('is told when its time comes', async () => {
    await controller.exec('owner/0', 'secret-add --label brief --expire 500ms key1=brief');
    await until('it has expired', async () => seen('owner/0').includes('secret-expired brief 1'));
  });
});

test('other proxies of the model are told to every unit at once, and only when they are others', async () => {
  const body = 'status-set active "$JUJU_CHARM_HTTPS_PROXY $https_proxy $JUJU_CHARM_NO_PROXY"';
  await controller.deploy(writeCharm(join(charms, 'proxied'), { name: 'proxied', body }));
  await controller.waitForTold('proxied/0', 'start');
  const set = (values: Record<string, string>, reset: string[] = []) =>
    controller.call('modelConfigSet', { values, reset });
  await set({ 'juju-https-proxy': 'http://proxy:3128', 'juju-no-proxy': 'localhost' });
  await controller.waitForUnit('proxied/0', 'active', 'http://proxy:3128  localhost');
  await set({ 'juju-https-proxy': 'http://proxy:3128', 'update-status-hook-interval': '20m' });
  await controller.settled();
  expect(controller.told('proxied/0').filter((event) => event === 'config-changed')).toHaveLength(2);
  await set({ 'https-proxy': 'http://old:1' }, ['juju-https-proxy', 'juju-no-proxy']);
  await controller.waitForUnit('proxied/0', 'active', ' http://old:1 127.0.0.1,localhost,::1');
});

test('the values of secrets are nowhere but in the hands of the charm', async () => {
  const mark = `canary${randomBytes(12).toString('hex')}`;
  const marks = [mark, Buffer.from(mark).toString('base64').replace(/=*$/, '').slice(0, -2)];
  const hold = join(controller.scratch, 'hold');
  const body = [
    'umask 077; id=$(config-get secret)',
    'how=; [ "$event" = secret-changed ] && how=--refresh',
    'got=$(secret-get "$id" key1 $how 2>/dev/null)',
    'case $event in config-changed)',
    '  printf %s "$got" >content; secret-add key1#file=content >/dev/null; rm content',
    `  : >${hold}.waits; while [ ! -e ${hold} ]; do sleep 0.02; done ;;`,
    'esac',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
    'status-set active "has ${#got} characters"',
  ].join('\n');
  await controller.deploy(writeCharm(join(charms, 'careful'), { name: 'careful', body, files: options }));
  const file = join(controller.scratch, 'typed.yaml');
  writeFileSync(file, `key1: ${mark}\n`);
  const id = (await charmlet('add-secret', 'careful-secret', `--file=${file}`)).trim();
  writeFileSync(file, '');
  await charmlet('grant-secret', 'careful-secret', 'careful');
  writeFileSync(hold, '');
  await controller.waitForTold('careful/0', 'start');
  rmSync(hold);
  rmSync(`${hold}.waits`, { force: true });
  await charmlet('config', 'careful', `secret=${id}`);
  await until('the hook holds the value', async () => existsSync(`${hold}.waits`));

  expect(holding(marks)).toEqual({ argv: [], environ: [] });
  writeFileSync(hold, '');
  await controller.waitForUnit('careful/0', 'active', `has ${mark.length} characters`);
  writeFileSync(file, `key1: ${mark}2\n`);
  await charmlet('update-secret', 'careful-secret', `--file=${file}`);
  writeFileSync(file, '');
  await controller.waitForUnit('careful/0', 'active', `has ${mark.length + 1} characters`);
  await charmlet('update-secret', 'careful-secret', `wrong key=${mark}`).catch(() => {});

  const lines: LogLine[] = [];
  await controller.call(
    'debugLog',
    {
      include: [],
      exclude: [],
      includeModule: [],
      excludeModule: [],
      level: 'TRACE',
      backlog: -1,
      limit: 0,
      follow: false,
    },
    (line) => lines.push(line),
  );
  const told = [
    lines,
    await controller.status(),
    await controller.call('showUnit', { units: ['careful/0'] }),
    await controller.call('configGet', { application: 'careful' }),
    await controller.call('operations', {}),
    await charmlet('secrets', '--format', 'json'),
    await charmlet('show-secret', 'careful-secret', '--revisions'),
  ];
  for (const text of told.map((each) => JSON.stringify(each)))
    expect(marks.some((each) => text.includes(each))).toBe(false);
  expect(await charmlet('show-secret', 'careful-secret', '--reveal')).toContain(`key1: ${mark}2\n`);
  expect(filesBelow(controller.scratch).filter((path) => says(readFileSync(path, 'latin1'), marks))).toEqual([]);
  expect(statSync(join(controller.paths.data, 'secrets.key')).mode & 0o777).toBe(0o600);
});

const says = (text: string, marks: readonly string[]): boolean => marks.some((mark) => text.includes(mark));

/** Runs a command line as a process; rejects when it fails. */
async function charmlet(...words: string[]): Promise<string> {
  const program = join(import.meta.dirname, '../../../src/bin/charmlet.ts');
  const child = spawn(process.execPath, [program, ...words], {
    env: controller.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.err += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(texts.err);
  return texts.out;
}

/** Processes whose command line or environment holds one of the marks. */
function holding(marks: readonly string[]): { argv: string[]; environ: string[] } {
  const read = (pid: string, name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'latin1');
    } catch {
      return '';
    }
  };
  const pids = readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry));
  return {
    argv: pids.filter((pid) => says(read(pid, 'cmdline'), marks)),
    environ: pids.filter((pid) => says(read(pid, 'environ'), marks)),
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
