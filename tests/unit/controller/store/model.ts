import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCharm } from '../../../../src/controller/charm/read-charm.ts';
import type { HookWrites } from '../../../../src/controller/hook/model.ts';
import type { Paths } from '../../../../src/controller/paths.ts';
import {
  type ApplicationRecord,
  addApplication,
  configHash,
  findApplication,
  listApplications,
  readApplication,
} from '../../../../src/controller/store/applications.ts';
import { addCharm, newestCharm } from '../../../../src/controller/store/charms.ts';
import { openDatabase } from '../../../../src/controller/store/database.ts';
import { hookModel } from '../../../../src/controller/store/hook-model.ts';
import { type LogStore, openLogStore } from '../../../../src/controller/store/log.ts';
import { ensureModel, type Model } from '../../../../src/controller/store/models.ts';
import { listEvents } from '../../../../src/controller/store/queue.ts';
import { addPeerRelations } from '../../../../src/controller/store/relations.ts';
import { findUnit, readUnit, type UnitRecord } from '../../../../src/controller/store/units.ts';
import { addUnits } from '../../../../src/controller/units/add-units.ts';
import { beginApplicationRemoval } from '../../../../src/controller/units/application-removal.ts';
import { afterEvent, beforeEvent } from '../../../../src/controller/units/completion.ts';
import { pickWork } from '../../../../src/controller/units/pick-work.ts';

export const noWrites: HookWrites = {
  settings: [],
  secretsAdded: [],
  secretsChanged: [],
  secretsRemoved: [],
  secretsGranted: [],
  secretsRevoked: [],
  secretsTracked: [],
  portsOpened: [],
  portsClosed: [],
  state: {},
};

/** A real store in a directory of its own. */
export class TestModel {
  readonly directory = mkdtempSync(join(tmpdir(), 'charmlet-model-'));
  readonly paths: Paths = {
    data: this.directory,
    runtime: join(this.directory, 'run'),
    cache: join(this.directory, 'cache'),
  };
  readonly model: Model = ensureModel(openDatabase(join(this.directory, 'model.db')), 'default');
  readonly logs: LogStore = openLogStore(join(this.directory, 'log.db'), this.model.uuid);

  close(): void {
    this.model.db.close();
    this.logs.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Another model in the same store. It is closed with this one. */
  another(name: string): TestModel {
    return Object.create(this, { model: { value: ensureModel(this.model.db, name) } });
  }

  /** An application whose charm has a peer relation and an option; `more` is metadata.yaml beside that. */
  deploy(name: string, units = 1, more = ''): ApplicationRecord {
    const metadata = `name: ${name}\npeers: {peer: {interface: ${name}}}\n${more}`;
    const spec = parseCharm({ metadata, config: 'options: {word: {type: string, default: hello}}\n' }, '');
    return this.model.db.transact(() => {
      const revision = (newestCharm(this.model, name)?.revision ?? -1) + 1;
      const charm = addCharm(this.model, { name, revision, origin: 'local', directory: '/nowhere', spec });
      const application = addApplication(this.model, { name, charm: charm.id, channel: '', trust: false });
      addPeerRelations(this.model, application);
      addUnits(this.model, this.paths, application, units);
      return application;
    });
  }

  addUnit(application: string): UnitRecord {
    return this.model.db.transact(
      () => addUnits(this.model, this.paths, findApplication(this.model, application)!, 1)[0]!,
    );
  }

  /** As `remove-application` does it. */
  removeApplication(name: string): void {
    this.model.db.transact(() =>
      beginApplicationRemoval(this.model, findApplication(this.model, name)!, { force: false }),
    );
  }

  applications(): string[] {
    return listApplications(this.model).map((application) => application.name);
  }

  unit(name: string): UnitRecord {
    const unit = findUnit(this.model, name);
    if (!unit) throw new Error(`no unit ${name}`);
    return unit;
  }

  /** Hooks that wait for the unit, by name; the remote unit of a relation in brackets. */
  queued(name: string): string[] {
    return listEvents(this.model, this.unit(name).id).map(
      ({ event }) => event.hook + (event.relation?.remoteUnit ? `(${event.relation.remoteUnit})` : ''),
    );
  }

  /** Lets one unit be told what comes next for it; remote and departing units in brackets. */
  tell(name: string): string | undefined {
    const unit = this.unit(name);
    const work = pickWork(this.model, unit.id, Date.now());
    if (work.do !== 'event') return undefined;
    const { event } = work.queued;
    const hash = configHash(this.model, readApplication(this.model, unit.application));
    this.model.db.transact(() => beforeEvent(this.model, work.queued));
    this.model.db.transact(() => afterEvent(this.model, work.queued, hash));
    const { remoteUnit = '', departingUnit } = event.relation ?? {};
    const names = [remoteUnit, ...(departingUnit ? [`departing ${departingUnit}`] : [])].filter((each) => each !== '');
    return event.hook + (names.length > 0 ? `(${names.join(', ')})` : '');
  }

  /** Everything that waits for one unit, told to it alone. */
  tellAll(name: string): string[] {
    const told: string[] = [];
    while (findUnit(this.model, name)) {
      const hook = this.tell(name);
      if (hook === undefined) break;
      told.push(hook);
    }
    return told;
  }

  /** Lets every unit be told all that waits for it, by a charm that does nothing. Returns what was told, in order. */
  runAll(): string[] {
    const told: string[] = [];
    for (;;) {
      const units = this.model.db.all<{ unit: number }>('SELECT DISTINCT unit FROM events ORDER BY unit');
      const work = units.map(({ unit }) => pickWork(this.model, unit, Date.now())).find((each) => each.do === 'event');
      if (work?.do !== 'event') return told;
      const { queued } = work;
      const name = this.model.db.get<{ name: string }>(
        "SELECT a.name || '/' || u.number AS name FROM units u JOIN applications a ON a.id = u.application WHERE u.id = ?",
        queued.unit,
      )!.name;
      told.push(`${name} ${queued.event.hook}`);
      const hash = configHash(this.model, readApplication(this.model, readUnit(this.model, queued.unit).application));
      this.model.db.transact(() => beforeEvent(this.model, queued));
      this.model.db.transact(() => afterEvent(this.model, queued, hash));
    }
  }

  hooks(onCommit: () => void = () => {}) {
    return hookModel(this.model, this.logs, onCommit);
  }
}
