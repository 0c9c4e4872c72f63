import { expect, it } from 'vitest';
import { ANSWER_MS, BackgroundQuestion, colorOfReply } from '../../src/terminal/background-question.ts';
import { rgb } from '../../src/terminal/style.ts';
import { until } from '../until.ts';
import { makeDecoder } from './hand-clock.ts';

it.each([
  ['11;rgb:1e1e/2a2a/ffff', rgb(0x1e, 0x2a, 0xff)],
  ['11;rgb:00/2b/36', rgb(0, 0x2b, 0x36)],
  ['11;rgb:f/0/8', rgb(255, 0, 136)],
  ['11;rgba:0000/ffff/0000/8000', rgb(0, 255, 0)],
  ['11;#fdf6e3', rgb(0xfd, 0xf6, 0xe3)],
])('the reply %s names a colour', (reply, color) => {
  expect(colorOfReply(reply)).toBe(color);
});

it.each(['11;?', '10;rgb:1e/1e/1e', '11;rgb:1e/1e', '11;rgb:12345/0/0', '52;c;YQ==', ''])(
  'the reply "%s" names none',
  (reply) => {
    expect(colorOfReply(reply)).toBeUndefined();
  },
);

it.each(['\x1b\\', '\x07'])('an answer among keys, ended by %j, is no key, however it is cut', (end) => {
  const bytes = `a\x1b]11;rgb:ffff/ffff/ffff${end}b`;
  for (let cut = 1; cut < bytes.length; cut++) {
    const { events, push } = makeDecoder();
    push(bytes.slice(0, cut));
    push(bytes.slice(cut));
    expect(events).toMatchObject([
      { name: 'a' },
      { type: 'background', color: rgb(255, 255, 255) },
      { name: 'b' },
    ]);
  }
});

const ignore = () => undefined;

it('is asked once, and answered in time or never', () => {
  let now = 1000;
  const written: string[] = [];
  const open = () => new BackgroundQuestion({ write: (text) => written.push(text), now: () => now });
  const question = open();
  question.ask(ignore);
  question.ask(ignore);
  expect(written).toHaveLength(1);
  now += ANSWER_MS;
  expect(question.answer(rgb(1, 2, 3))).toBe(true);
  expect(question.color).toBe(rgb(1, 2, 3));

  const late = open();
  late.ask(ignore);
  now += ANSWER_MS + 1;
  expect(late.answer(rgb(1, 2, 3))).toBe(false);
  expect(late.color).toBeUndefined();
  expect(open().answer(rgb(1, 2, 3)), 'nobody asked').toBe(false);
});

it('is waited for at the end, so that the shell does not get the answer', async () => {
  const now = 0;
  const question = new BackgroundQuestion({ write: () => undefined, now: () => now });
  await question.settled();
  question.ask(ignore);
  let isSettled = false;
  const settled = question.settled().then(() => {
    isSettled = true;
  });
  await Promise.resolve();
  expect(isSettled).toBe(false);
  question.answer(rgb(0, 0, 0));
  await settled;
  expect(isSettled).toBe(true);
});

it('tells of a terminal that did not answer in time, and of no other', async () => {
  const told: string[] = [];
  const silent = new BackgroundQuestion({ write: () => undefined });
  const answering = new BackgroundQuestion({ write: () => undefined });
  silent.ask(() => told.push('silent'));
  answering.ask(() => told.push('answering'));
  answering.answer(rgb(0, 0, 0));
  await silent.settled();
  await until('the silence is told', () => told.length > 0);
  expect(told).toEqual(['silent']);
});
