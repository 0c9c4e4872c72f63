import { expect, it } from 'vitest';
import { PersistenceTemplates } from '../../../../src/director/simulated/kernel/persistence-templates.ts';
import { SimulatedRealServer } from '../../../../src/director/simulated/kernel/simulated-real-server.ts';
import { secondsToTicks } from '../../../../src/director/simulated/kernel/tick.ts';
import { formatService, parseService } from '../../../../src/ipvs/identity.ts';
import { aRealServer } from '../../behaviour.ts';

const network = 7;
const service = formatService(parseService('tcp:203.0.113.10:80'));

function server(weight = 1): SimulatedRealServer {
  return new SimulatedRealServer(aRealServer('10.0.0.1:80', { weight }), service);
}

/** Seconds after which a template of 5 s ends, with what is done to it at its beginning. */
function lifeOf(templates: PersistenceTemplates, holder: SimulatedRealServer): number {
  for (let second = 1; second < 1000; second++) {
    templates.expire(secondsToTicks(second));
    if (holder.persistent === 0) return second;
  }
  throw new Error('it never ends');
}

it('ends with its time-out', () => {
  const templates = new PersistenceTemplates();
  const holder = server();
  templates.hold(network, holder, 0, 5, 0);
  expect(templates.find(network, false)).toBe(holder);
  expect(lifeOf(templates, holder)).toBe(5);
  expect(templates.isEmpty).toBe(true);
  expect(templates.find(network, false)).toBeUndefined();
});

it('keeps the time-out that it began with when the client comes again', () => {
  const templates = new PersistenceTemplates();
  const holder = server();
  templates.hold(network, holder, 0, 5, 0);
  templates.hold(network, holder, secondsToTicks(2), 300, 0);
  expect(holder.persistent).toBe(1);
  expect(lifeOf(templates, holder)).toBe(7);
});

it('is looked at each minute once its time is out, until no connection needs it', () => {
  const templates = new PersistenceTemplates();
  const holder = server();
  templates.hold(network, holder, 0, 5, secondsToTicks(70));
  expect(lifeOf(templates, holder)).toBe(125);
});

it('lives a minute after a use once it has outlived its time-out', () => {
  const templates = new PersistenceTemplates();
  const holder = server();
  templates.hold(network, holder, 0, 5, secondsToTicks(20));
  templates.expire(secondsToTicks(10));
  templates.hold(network, holder, secondsToTicks(30), 5, 0);
  expect(lifeOf(templates, holder)).toBe(90);
});

it('holds nobody once its real server was met deleted, and still lives to its end', () => {
  const templates = new PersistenceTemplates();
  const holder = server();
  templates.hold(network, holder, 0, 5, 0);
  holder.available = false;
  expect(templates.find(network, false)).toBeUndefined();
  holder.available = true;
  expect(templates.find(network, false)).toBeUndefined();
  expect([...templates.all()]).toMatchObject([{ network, isInvalid: true }]);
  const other = server();
  templates.hold(network, other, 0, 5, 0);
  expect(templates.find(network, false)).toBe(other);
  expect(holder.persistent).toBe(1);
  expect(lifeOf(templates, holder)).toBe(5);
  expect(other.persistent).toBe(0);
});

it('holds nobody to weight 0 where such ones expire', () => {
  const templates = new PersistenceTemplates();
  const quiesced = server(0);
  templates.hold(network, quiesced, 0, 5, 0);
  expect(templates.find(network, false)).toBe(quiesced);
  expect(templates.find(network, true)).toBeUndefined();
  expect(templates.find(network, false)).toBeUndefined();
});
