import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptionType } from '../../../../src/controller/charm/spec.ts';
import { checkOptionValue, parseOptionText } from '../../../../src/controller/config/parse-option.ts';

const option = (type: OptionType) => ({ type, description: '' });

describe('a text from the command line is read by the option’s type', () => {
  test.each<[OptionType, string, unknown]>([
    ['string', '', ''],
    ['string', ' two\nlines ', ' two\nlines '],
    ['int', '-12', -12],
    ['int', '+7', 7],
    ['float', '1', 1],
    ['float', '.5e1', 5],
    ['boolean', 'True', true],
    ['boolean', 'f', false],
    ['secret', '', ''],
    ['secret', 'secret:9m4e2mr0ui3e8a215n4g', 'secret:9m4e2mr0ui3e8a215n4g'],
  ])('%s %j', (type, text, value) => {
    expect(parseOptionText('x', option(type), text)).toEqual({ value });
  });

  test.each<[OptionType, string, string]>([
    ['int', '1.0', 'option "x" expected int, got "1.0"'],
    ['int', '9223372036854775808', 'option "x" expected int, got "9223372036854775808"'],
    ['int', '', 'option "x" expected int, got ""'],
    ['float', 'high', 'option "x" expected float, got "high"'],
    ['float', '1e999', 'option "x" expected float, got "1e999"'],
    ['boolean', 'yes', 'option "x" expected boolean, got "yes"'],
    ['secret', 'abc', 'option "x" value "abc" is not a valid secret URI (secret:<id>)'],
  ])('%s %j is refused', (type, text, problem) => {
    expect(parseOptionText('x', option(type), text)).toEqual({ problem });
  });

  test('whatever is typed, it is a value of the type or a problem of one line', () => {
    const types = fc.constantFrom<OptionType>('string', 'int', 'float', 'boolean', 'secret');
    fc.assert(
      fc.property(types, fc.string({ unit: 'binary' }), (type, text) => {
        const parsed = parseOptionText('x', option(type), text);
        if ('problem' in parsed) return !parsed.problem.includes('\n');
        return (
          typeof parsed.value ===
          { string: 'string', secret: 'string', int: 'number', float: 'number', boolean: 'boolean' }[type]
        );
      }),
    );
  });
});

describe('a value from a YAML file', () => {
  test.each<[OptionType, unknown, unknown]>([
    ['float', 1, { value: 1 }],
    ['int', 1.5, { problem: 'option "x" expected int, got 1.5' }],
    ['string', 9000, { problem: 'option "x" expected string, got 9000' }],
    ['string', { a: [1] }, { problem: 'option "x" expected string, got {"a":[1]}' }],
    ['boolean', 'true', { value: true }],
    ['string', null, { value: null }],
  ])('%s %j', (type, value, result) => {
    expect(checkOptionValue('x', option(type), value)).toEqual(result);
  });
});
