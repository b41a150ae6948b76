import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Refusal, withController } from './fake-controller.ts';
import { sampleStatus } from './sample-status.ts';

const deployed = {
  application: 'w',
  charm: 'c',
  revision: 0,
  messages: ['Deploying "w" from local charm "c", revision 0 on ubuntu@24.04/stable'],
};
const refuse = (message: string) => () => {
  throw new Refusal(message);
};

test('hands over what was typed: paths absolute, image references as they are, config by words and files', async () => {
  await withController({ deploy: () => deployed }, async (fake) => {
    mkdirSync(join(fake.cwd, 'work'));
    writeFileSync(join(fake.cwd, 'c.yaml'), 'w: {a: 1}\n');
    const words =
      'deploy ./my.charm --resource image=./work w --config a=1 --live -n 2 --config c.yaml --resource other=localhost:32000/x --trust --channel edge';
    expect(await fake.run(words.split(' '))).toEqual({ code: 0, out: '', err: `${deployed.messages[0]}\n` });
    expect(fake.calls.at(-1)?.params).toEqual({
      charm: join(fake.cwd, 'my.charm'),
      application: 'w',
      units: 2,
      config: { a: '1' },
      configYaml: [{ file: 'c.yaml', text: 'w: {a: 1}\n' }],
      resources: { image: join(fake.cwd, 'work'), other: 'localhost:32000/x' },
      live: true,
      trust: true,
      channel: 'edge',
    });
  });
});

test('shows progress on stderr as it comes, and nothing with --quiet', async () => {
  const deploy = (_: unknown, emit: (event: { progress: string }) => void) => {
    emit({ progress: 'building, 10 s' });
    return deployed;
  };
  await withController({ deploy }, async (fake) => {
    expect((await fake.run(['deploy', './c'])).err).toBe(`building, 10 s\n${deployed.messages[0]}\n`);
    expect((await fake.run(['deploy', './c', '-q'])).err).toBe('');
  });
});

test('refuses a resource path that is not there before anything is deployed', async () => {
  await withController({ deploy: () => deployed }, async (fake) => {
    expect(await fake.run(['deploy', './c', '--resource', 'image=./nope'])).toEqual({
      code: 1,
      out: '',
      err: 'ERROR cannot use resource "image": "./nope" is not there (for a container: a directory that holds what it shall hold)\n',
    });
    expect(fake.calls).toEqual([]);
  });
});

test('asks whether a path was meant when a name is unknown but a directory of that name is there', async () => {
  await withController(
    { bundle: () => ({ bundle: null }), deploy: refuse('cannot deploy "work": there is no charm of that name') },
    async (fake) => {
      mkdirSync(join(fake.cwd, 'work'));
      expect((await fake.run(['deploy', 'work'])).err).toBe(
        'ERROR cannot deploy "work": there is no charm of that name (there is a path of that name: did you mean "./work"?)\n',
      );
    },
  );
});

test('remove-application lists what goes, asks, and takes no for an answer', async () => {
  let failed: { name: string; why: string }[] = [];
  const removeApplication = (_: unknown, emit: (event: { progress: string }) => void) => {
    emit({ progress: 'will remove application pg' });
    return { messages: ['unit pg/0 is in error'], failed };
  };
  await withController({ status: sampleStatus, removeApplication }, async (fake) => {
    const asked =
      'WARNING This command will perform the following actions:\nwill remove application pg\n- will remove unit pg/0\n\nContinue [y/N]? ';
    expect(await fake.run(['remove-application', 'pg'], { stdin: '\n' })).toEqual({
      code: 1,
      out: '',
      err: `${asked}ERROR application removal: aborted\n`,
    });
    expect((await fake.run(['remove-application', 'pg'])).err).toBe(
      `${asked}\nERROR application removal: aborted (nobody answered; --no-prompt asks nothing)\n`,
    );
    expect(await fake.run(['remove-application', 'pg'], { interruptAt: '[y/N]? ' })).toEqual({
      code: 130,
      out: '',
      err: asked,
    });
    // Before there is a question.
    expect(await fake.run(['remove-application', 'pg'], { interruptAt: 'WARNING' })).toMatchObject({
      code: 130,
      out: '',
    });
    expect(fake.calls.some(({ method }) => method === 'removeApplication')).toBe(false);
    expect(await fake.run(['remove-application', 'pg'], { stdin: 'y\n' })).toEqual({
      code: 0,
      out: '',
      err: `${asked}unit pg/0 is in error\n`,
    });
    expect(await fake.run(['remove-application', 'pg', '--no-prompt', '--force'])).toEqual({
      code: 0,
      out: 'will remove application pg\n',
      err: 'unit pg/0 is in error\n',
    });
    expect(fake.calls.at(-1)?.params).toEqual({ applications: ['pg'], force: true, destroyStorage: false });
    failed = [{ name: 'nope', why: 'application "nope" not found' }];
    expect(await fake.run(['remove-application', 'pg', 'nope', '--no-prompt'])).toEqual({
      code: 1,
      out: 'will remove application pg\n',
      err: 'unit pg/0 is in error\nERROR removing application nope failed: application "nope" not found\n',
    });
    expect((await fake.run(['remove-application', 'nope', '--dry-run'])).err).toBe(
      'ERROR removing application nope failed: application "nope" not found\n',
    );
  });
});

test('destroy-model goes on only when the name of the model is typed', async () => {
  await withController({ status: sampleStatus, destroyModel: () => ({ messages: [] }) }, async (fake) => {
    const { code, err } = await fake.run(['destroy-model', 'default'], { stdin: 'yes\n' });
    expect([code, err.split('\n').at(-2)]).toEqual([
      1,
      'To continue, enter the name of the model to be destroyed: ERROR model destruction: aborted',
    ]);
    expect((await fake.run(['destroy-model', 'admin/m'], { stdin: 'm\n' })).code).toBe(0);
    expect(fake.calls.at(-1)).toEqual({ method: 'destroyModel', params: { force: false }, model: 'admin/m' });
  });
});

test('destroy-model goes on when the one who waits for it has had enough, and says so', async () => {
  const destroyModel = async (_: unknown, emit: (event: { progress: string }) => void, gone: AbortSignal) => {
    emit({ progress: 'Waiting for 1 application to be removed' });
    await once(gone, 'abort');
    return { messages: [] };
  };
  await withController({ destroyModel }, async (fake) => {
    expect(await fake.run(['destroy-model', 'm', '--no-prompt'], { interruptAt: 'Waiting' })).toEqual({
      code: 130,
      out: '',
      err: 'Waiting for 1 application to be removed\n\ndestroy model is still running in the background...\n',
    });
  });
});

test('kill-controller has nothing to do where there is no data, and asks nothing with --no-prompt', async () => {
  const ping = () => ({ version: '', jujuVersion: '', pid: 0, data: '', startedAt: '' });
  await withController({ ping, killController: () => ({ messages: [] }) }, async (fake) => {
    expect((await fake.run(['kill-controller', '--no-prompt'])).err).toBe(
      `there is nothing to remove: ${fake.env.CHARMLET_DATA} does not exist\n`,
    );
    mkdirSync(fake.env.CHARMLET_DATA ?? '');
    expect((await fake.run(['kill-controller'], { stdin: 'no\n' })).code).toBe(1);
    expect((await fake.run(['kill-controller', '--no-prompt'])).code).toBe(0);
    expect(fake.calls.map(({ method }) => method)).toEqual(['ping', 'killController']);
  });
});

test('resolved retries by default, and not with --no-retry', async () => {
  await withController({ resolved: () => ({ messages: [] }) }, async (fake) => {
    await fake.run(['resolved', 'w/0']);
    await fake.run(['resolve', '--no-retry', '--all']);
    expect(fake.calls.map(({ params }) => params)).toEqual([
      { units: ['w/0'], all: false, retry: true },
      { units: [], all: true, retry: false },
    ]);
  });
});
