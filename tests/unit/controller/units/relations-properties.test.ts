import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HookEvent } from '../../../../src/controller/hook/event.ts';
import { configHash, findApplication, readApplication } from '../../../../src/controller/store/applications.ts';
import { addCrossRelation } from '../../../../src/controller/store/cross-relations.ts';
import type { Model } from '../../../../src/controller/store/models.ts';
import { markFailed, markRunning, requeue } from '../../../../src/controller/store/queue.ts';
import {
  addRelation,
  membership,
  nameOfUnit,
  readBagAs,
  relationExists,
  relationsOf,
} from '../../../../src/controller/store/relations.ts';
import { listUnits, type UnitRecord, unitById } from '../../../../src/controller/store/units.ts';
import { afterEvent, beforeEvent } from '../../../../src/controller/units/completion.ts';
import { pickWork } from '../../../../src/controller/units/pick-work.ts';
import { beginRelationRemoval } from '../../../../src/controller/units/relation-removal.ts';
import { beginUnitRemoval } from '../../../../src/controller/units/removal.ts';
import { noWrites, TestModel } from '../store/model.ts';

/** What happens to the model; `pick` chooses among the units that are there. */
const happening = fc.record({
  what: fc.constantFrom(
    ...(['tell', 'tell', 'tell', 'tell', 'interrupt', 'fail', 'write', 'write', 'writeApp'] as const),
    ...(['add', 'remove', 'relate', 'unrelate'] as const),
  ),
  pick: fc.nat(1000),
});

test.each([
  { where: 'within a model', isAcross: false },
  { where: 'across two models', isAcross: true },
])(
  'whatever comes and goes $where, each unit is told a possible story, and in the end the true one',
  ({ isAcross }) => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 30, maxLength: 120 }), (happenings) => {
        const world = new World(isAcross);
        try {
          for (const [step, { what, pick }] of happenings.entries()) world.happen(what, pick, step);
          world.finish();
        } finally {
          world.close();
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  },
);

/** What one unit has been told of one relation. */
class Story {
  #created = false;
  #broken = false;
  /** The unit that has joined just now: its -changed is to follow. */
  #justJoined = '';
  readonly joined = new Set<string>();
  /** Databag of a member, or of the application under '', as it was at the last -changed. */
  readonly read = new Map<string, string>();

  tell(what: string, remote: string, bag: string): void {
    expect(this.#broken, 'nothing is told after broken').toBe(false);
    if (what !== 'created') expect(this.#created, 'created comes first').toBe(true);
    if (this.#justJoined !== '') expect([what, remote]).toEqual(['changed', this.#justJoined]);
    this.#justJoined = '';
    switch (what) {
      case 'created':
        expect(this.#created).toBe(false);
        this.#created = true;
        break;
      case 'joined':
        expect([...this.joined]).not.toContain(remote);
        this.joined.add(remote);
        this.#justJoined = remote;
        break;
      case 'changed':
        if (remote !== '') expect([...this.joined]).toContain(remote);
        this.read.set(remote, bag);
        break;
      case 'departed':
        expect([...this.joined]).toContain(remote);
        this.joined.delete(remote);
        break;
      case 'broken':
        expect([...this.joined], 'all have departed before').toEqual([]);
        this.#broken = true;
        break;
      default:
        throw new Error(`no such event: ${what}`);
    }
  }

  get isOver(): boolean {
    return !this.#created || this.#broken;
  }
}

class World {
  readonly #test = new TestModel();
  /** `<unit id> <relation id>` -> what the unit was told. */
  readonly #stories = new Map<string, Story>();

  /** Where `pg` is: beside `web`, or in another model. */
  readonly #far: TestModel;

  constructor(isAcross: boolean) {
    this.#far = isAcross ? this.#test.another('far') : this.#test;
    this.#test.deploy('web', 2, 'requires: {db: {interface: sql}}\n');
    this.#far.deploy('pg', 1, 'provides: {db: {interface: sql}}\n');
  }

  #at(application: string): TestModel {
    return application === 'web' ? this.#test : this.#far;
  }

  #units(): UnitRecord[] {
    return ['pg', 'web'].flatMap((name) => {
      const { model } = this.#at(name);
      return listUnits(model, findApplication(model, name)!.id);
    });
  }

  close(): void {
    this.#test.close();
  }

  happen(what: string, pick: number, step: number): void {
    const name = pick % 2 === 0 ? 'web' : 'pg';
    const { model } = this.#at(name);
    const application = findApplication(model, name)!;
    const all = this.#units();
    const unit = all[pick % Math.max(1, all.length)];
    const relation = this.#relation();
    switch (what) {
      case 'add':
        if (listUnits(model, application.id).length < 4) this.#at(name).addUnit(name);
        break;
      case 'remove': {
        const last = listUnits(model, application.id).findLast(({ life }) => life === 'alive');
        if (last) beginUnitRemoval(model, last, { force: false });
        break;
      }
      case 'relate':
        if (!relation) this.#relate();
        break;
      case 'unrelate':
        if (relation) beginRelationRemoval(this.#test.model, relation, { force: false });
        break;
      case 'write':
        if (unit) this.#write(unit, unit.name, `${step}`);
        break;
      case 'writeApp':
        if (unit && this.#at(unit.applicationName).hooks().isLeader(unit.name))
          this.#write(unit, unit.applicationName, `${step}`);
        break;
      default:
        if (unit) this.#step(unit, what);
    }
  }

  /** Everything that waits is told; then what each unit was told is compared with what is the case. */
  finish(): void {
    while (this.#units().some((unit) => this.#step(unit, 'tell'))) {
      // Each round tells one event.
    }
    const { db } = this.#test.model;
    expect(db.all('SELECT * FROM events')).toEqual([]);
    expect(db.all("SELECT * FROM relations WHERE life = 'dying'")).toEqual([]);
    const units = this.#units();
    expect(units.filter(({ life }) => life === 'dying')).toEqual([]);
    for (const unit of units) {
      const { model } = this.#at(unit.applicationName);
      for (const view of relationsOf(model, unit.application)) {
        const story = this.#stories.get(`${unit.id} ${view.id}`)!;
        const others = listUnits(view.remote.model, view.remote.application)
          .filter(({ id }) => id !== unit.id)
          .map((other) => nameOfUnit(view.remote, other));
        expect([...story.joined].sort()).toEqual(others);
        expect([...membership(model, view.id, unit.id).joined].sort()).toEqual([...story.joined].sort());
        for (const name of others) expect(story.read.get(name)).toBe(this.#bag(model, view.id, name));
        const remote = view.remote.name;
        // Its own application's databag a leader has written itself.
        if (view.own.role !== 'peer' && this.#bag(model, view.id, remote) !== '{}')
          expect(story.read.get('')).toBe(this.#bag(model, view.id, remote));
      }
    }
    for (const [key, story] of this.#stories) {
      const [id, relation] = key.split(' ').map(Number);
      const unit = unitById(this.#test.model, id!);
      if (unit && !relationExists(this.#at(unit.applicationName).model, relation!))
        expect(story.isOver, 'a relation ends broken').toBe(true);
    }
  }

  #relation() {
    const { model } = this.#test;
    return relationsOf(model, findApplication(model, 'web')!.id).find((view) => view.own.endpoint === 'db');
  }

  #relate(): void {
    const side = (name: string, role: 'requires' | 'provides') => {
      const { model } = this.#at(name);
      return { model, application: findApplication(model, name)!.id, endpoint: 'db', role };
    };
    const [web, pg] = [side('web', 'requires'), side('pg', 'provides')];
    const through = { offer: 'an-offer', saas: { id: 1, name: 'database' } };
    web.model.db.transact(() => {
      if (web.model.uuid === pg.model.uuid) addRelation(web.model, 'sql', [web, pg]);
      else addCrossRelation('sql', { consumer: web, offering: pg }, through);
    });
  }

  #write(unit: UnitRecord, entity: string, value: string): void {
    const { model } = this.#at(unit.applicationName);
    const settings = relationsOf(model, unit.application)
      .filter((view) => view.life === 'alive' && !membership(model, view.id, unit.id).broken)
      .map((view) => ({ relation: view.id, entity, changes: { value } }));
    this.#at(unit.applicationName)
      .hooks()
      .commit(unit.name, { ...noWrites, settings });
  }

  #bag(model: Model, relation: number, entity: string): string {
    return JSON.stringify(readBagAs(model, relation, entity) ?? {});
  }

  /** One event of the unit: to its end, cut short, or failed. False when there is none. */
  #step(unit: UnitRecord, what: string): boolean {
    const { model } = this.#at(unit.applicationName);
    // A failed hook is due at once.
    const work = pickWork(model, unit.id, Date.now() + 1000);
    if (work.do !== 'event') return false;
    const { queued } = work;
    model.db.transact(() => {
      markRunning(model, queued.id);
      beforeEvent(model, queued);
    });
    if (what === 'interrupt') requeue(model, queued.id);
    else if (what === 'fail') markFailed(model, queued.id, 'hook failed', new Date());
    else {
      this.#note(unit, queued.event);
      const hash = configHash(model, readApplication(model, unit.application));
      model.db.transact(() => afterEvent(model, queued, hash));
    }
    return true;
  }

  #note(unit: UnitRecord, event: HookEvent): void {
    if (!event.relation) return;
    const { id, remoteApp, remoteUnit } = event.relation;
    const key = `${unit.id} ${id}`;
    const story = this.#stories.get(key) ?? new Story();
    this.#stories.set(key, story);
    story.tell(
      event.hook.replace(/^.*-relation-/, ''),
      remoteUnit,
      this.#bag(this.#at(unit.applicationName).model, id, remoteUnit || remoteApp),
    );
  }
}
