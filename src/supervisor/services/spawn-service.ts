import { randomUUID } from 'node:crypto';
import { parseDuration } from '../../pebble/duration.ts';
import type { OutputFile } from '../logs/output-file.ts';
import { commandWords } from '../plan/command-words.ts';
import type { Service } from '../plan/types.ts';
import type { ConfigTags } from '../process/config-tags.ts';
import { startVariable } from '../process/family.ts';
import { startGated } from '../process/gated-start.ts';
import { runAs } from '../process/identity.ts';
import { machineBootId, readStat } from '../process/proc.ts';
import type { ProcessRecord, ProcessRecords } from '../process/record.ts';
import { ServiceProcess } from '../process/service-process.ts';
import type { View } from '../workload/view.ts';
import { defaultKillDelayMs } from './state.ts';

/** By then the view of the file system is built. */
const namespaceMs = 500;

export interface Spawning {
  readonly name: string;
  readonly config: Service;
  /** The service's current-since. */
  readonly since: string;
  readonly view: View;
  readonly records: ProcessRecords;
  readonly tags: ConfigTags;
  readonly output: OutputFile;
  readonly onEnd: (code: number) => void;
}

/** Starts a service's command as the plan wants it, on record before it runs. Throws with Pebble's text. */
export function spawnService({ name, config, since, view, records, tags, output, onEnd }: Spawning): ServiceProcess {
  const { base, extra } = commandWords(name, config.command ?? '');
  const who = runAs(config, view.paths);
  const start = randomUUID();
  const env = {
    ...view.environment,
    ...(who?.home === undefined || config.environment?.HOME ? {} : { HOME: who.home }),
    ...(who?.user === undefined || config.environment?.USER ? {} : { USER: who.user }),
    ...emptyAsUnset(config.environment, who !== null),
    [startVariable]: start,
  };
  const command = {
    words: [...base, ...extra],
    env,
    workingDir: config['working-dir'] ?? '',
    ...(who?.as ? { as: who.as } : {}),
  };
  view.refuseScriptThatNamesApp(name, command);
  const launch = view.launch(command);
  let record: ProcessRecord | undefined;
  try {
    const child = startGated({
      ...launch,
      outputFd: output.openForService(),
      record: (pid) => {
        record = {
          service: name,
          pid,
          startTime: readStat(pid)?.startTime ?? '',
          machineBootId: machineBootId(),
          start,
          mountNamespace: null,
          bin: view.paths.bin,
          configTag: tags.tag(config),
          killDelayMs:
            config['kill-delay'] === undefined ? defaultKillDelayMs : (parseDuration(config['kill-delay']) ?? 0),
          since,
        };
        records.write(record);
      },
    });
    const running = ServiceProcess.ofChild(child, record as ProcessRecord, onEnd);
    recordNamespace(running, record as ProcessRecord, records);
    return running;
  } catch (error) {
    throw new Error(`cannot start service: fork/exec ${command.words[0]}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The service's mount namespace is made a moment after its start; the record then tells it to the next supervisor. */
function recordNamespace(running: ServiceProcess, record: ProcessRecord, records: ProcessRecords): void {
  setTimeout(() => {
    if (!running.alive) return;
    const namespace = running.lookForNamespace();
    if (namespace !== null) records.write({ ...record, mountNamespace: namespace });
  }, namespaceMs).unref();
}

/** HOME and USER that the plan sets to nothing count as not set when the user is another, as in Pebble. */
function emptyAsUnset(environment: Service['environment'], hasUser: boolean): Record<string, string> {
  const entries = Object.entries(environment ?? {});
  return Object.fromEntries(
    entries.filter(([name, value]) => !(hasUser && value === '' && (name === 'HOME' || name === 'USER'))),
  );
}
