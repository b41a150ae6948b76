import { describe, expect, test } from 'vitest';
import { type GivenConfig, readConfigChanges } from '../../../../src/controller/config/read-config.ts';

const given = (more: Partial<GivenConfig>): GivenConfig => ({
  application: 'w',
  options: {
    host: { type: 'string', description: '' },
    rate: { type: 'float', description: '', default: 1 },
    secure: { type: 'boolean', description: '' },
  },
  texts: {},
  files: [],
  reset: [],
  ...more,
});
const file = (text: string) => given({ files: [{ file: 'config.yaml', text }] });

test('takes a file under the application’s name, and lets what was typed win', () => {
  const changes = readConfigChanges(
    given({ files: [{ file: 'config.yaml', text: 'w: {host: a, rate: 0.5}\n' }], texts: { host: 'b' } }),
  );
  expect(changes).toEqual({ values: { host: 'b', rate: 0.5 }, trust: null });
});

test('takes back a listing, of which it sets what the user had set', () => {
  const listing =
    'application: w\nsettings:\n  host: {source: user, value: a}\n  rate: {source: default, default: 1, value: 1}\n  secure: {source: unset}\n';
  expect(readConfigChanges(file(listing)).values).toEqual({ host: 'a' });
});

test('resets an option by name, and one that a file names with nothing', () => {
  expect(readConfigChanges(given({ files: [{ file: 'f', text: 'w: {host:}\n' }], reset: ['rate'] })).values).toEqual({
    host: null,
    rate: null,
  });
});

test('reads trust as a setting beside the options', () => {
  expect(readConfigChanges(given({ texts: { trust: 'true' } })).trust).toBe(true);
});

describe('says', () => {
  test.each<[string, GivenConfig, string]>([
    [
      'every problem at once',
      given({ texts: { hst: 'x', rate: 'high', secure: 'perhaps' } }),
      'unknown option "hst" (did you mean "host"?); option "rate" expected float, got "high"; option "secure" expected boolean, got "perhaps"',
    ],
    [
      'where YAML is malformed',
      file('w:\n  host: "a\n  rate: 1\n'),
      'cannot read config.yaml: line 4, column 1: Missing closing "quote',
    ],
    [
      'which application a file is for',
      file('other: {host: a}\n'),
      'cannot use config.yaml for application "w": it is for "other" (its top key must be "w:")',
    ],
    [
      'that a listing is another application’s',
      file('application: other\nsettings: {}\n'),
      'cannot use config.yaml for application "w": it is for "other"',
    ],
    [
      'that a file is empty',
      file(''),
      'cannot read config.yaml: found nothing (a mapping whose key is the application: w:)',
    ],
    ['that a file is a list', file('- host\n'), 'cannot read config.yaml: found a list'],
    [
      'that the application’s part is no mapping',
      file('w: 3\n'),
      'cannot read config.yaml: w is 3 (a mapping of options)',
    ],
    ['that a key occurs twice', file('w: {host: a, host: b}\n'), 'Map keys must be unique'],
    [
      'that a key is both set and reset',
      given({ texts: { host: 'a' }, reset: ['host'] }),
      'cannot set and reset key "host" simultaneously',
    ],
    ['that an option to reset is unknown', given({ reset: ['nope'] }), 'unknown option "nope"'],
  ])('%s', (_name, what, message) => {
    expect(() => readConfigChanges(what)).toThrow(message);
  });

  test('nothing of names that every object has', () => {
    expect(() => readConfigChanges(given({ texts: { constructor: 'x' } }))).toThrow('unknown option "constructor"');
    expect(() => readConfigChanges(file('__proto__: {host: a}\n'))).toThrow('cannot use config.yaml');
  });
});
