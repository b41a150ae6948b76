import { LineCounter, parseDocument } from 'yaml';
import { Failure } from './failure.ts';

/** Parses YAML 1.1, as Juju's client reads it. The error names the file, the line and the column. */
export function readYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new Failure(`cannot read YAML of "${file}": line ${line}, column ${col}: ${error.message.split('\n')[0]}`);
  }
  return document.toJS();
}
