import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCharm } from '../../../../src/controller/charm/read-charm.ts';
import { UserError } from '../../../../src/controller/errors.ts';

const files = { metadata: 'name: w\n' };

test('reads what the controller needs of a charm', () => {
  const spec = parseCharm(
    {
      metadata: [
        'name: w',
        'containers: {box: {resource: image, mounts: [{storage: certs, location: /certs}]}}',
        'resources: {image: {type: oci-image}, data: {type: file, filename: d.txt}}',
        'provides: {metrics: {interface: scrape}}',
        'requires: {db: {interface: pg, limit: 1}, old: pg}',
        'peers: {peer: {interface: w}}',
        'storage: {certs: {type: filesystem}, more: {type: filesystem, multiple: {range: 0-3}}}',
      ].join('\n'),
      config: 'options: {rate: {type: float, default: 1}, name: {description: Names.}}\n',
      actions: 'act: {params: {x: {type: string}}, required: [x]}\n',
      manifest: 'bases: [{name: ubuntu, channel: 22.04/stable}]\n',
      version: 'abc1234\nmore\n',
    },
    'here',
  );
  expect(spec).toMatchObject({
    containers: { box: { resource: 'image', mounts: [{ storage: 'certs', location: '/certs' }] } },
    endpoints: {
      metrics: { role: 'provides' },
      db: { role: 'requires', limit: 1 },
      old: { interface: 'pg' },
      peer: { role: 'peer' },
    },
    storage: { certs: { minimum: 1 }, more: { minimum: 0 } },
    options: { rate: { type: 'float', default: 1 }, name: { type: 'string', description: 'Names.' } },
    actions: { act: { description: 'No description', required: ['x'], additionalProperties: false } },
    base: { name: 'ubuntu', channel: '22.04' },
    version: 'abc1234',
  });
  expect(spec.options.name).not.toHaveProperty('default');
});

describe('refuses', () => {
  test.each<[string, Parameters<typeof parseCharm>[0], string]>([
    ['a name that is none', { metadata: 'name: My Charm\n' }, 'metadata.yaml: name "My Charm"'],
    ['a charm without a name', { metadata: 'summary: x\n' }, 'metadata.yaml: name ""'],
    [
      'a container whose resource is missing',
      { metadata: 'name: w\ncontainers: {box: {resource: image}}\n' },
      'container "box" names resource "image"',
    ],
    [
      'a list where a mapping belongs',
      { metadata: 'name: w\nresources: [a]\n' },
      'metadata.yaml: resources is a list (a mapping)',
    ],
    ['an empty config.yaml', { ...files, config: '' }, 'config.yaml: invalid config: empty configuration'],
    [
      'an option of an unknown type',
      { ...files, config: 'options: {x: {type: number}}\n' },
      'option "x" has unknown type "number"',
    ],
    [
      'a default of the wrong type',
      { ...files, config: 'options: {x: {type: int, default: a}}\n' },
      'option "x" expected int, got "a"',
    ],
    [
      'YAML that cannot be read, with the place',
      { ...files, actions: 'a: [1\n' },
      /actions\.yaml here: line \d+, column \d+/ as unknown as string,
    ],
  ])('%s', (_name, given, message) => {
    expect(() => parseCharm(given, 'here')).toThrow(message);
  });
});

test('reads or refuses in one line, whatever the files hold', () => {
  const text = fc.oneof(
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, text, text, text, (metadata, config, actions, manifest) => {
      try {
        parseCharm({ metadata, config, actions, manifest }, 'here');
        return true;
      } catch (error) {
        return error instanceof UserError && !error.message.includes('\n');
      }
    }),
  );
});
