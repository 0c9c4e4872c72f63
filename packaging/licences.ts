/** What is inside the executable beside lvstop, and under which terms. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageDescription from '../package.json' with { type: 'json' };
import { checkout } from './bundle.ts';

/** A package that is inside. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** As SPDX writes it: `MIT`. */
  readonly licence: string;
  /** The terms in full. */
  readonly terms: string;
  readonly purl: string;
}

interface Description {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The packages of these folders below the checkout, by name; throws where one does not say its terms. */
export function componentsOf(folders: Iterable<string>): readonly Component[] {
  const found = [...new Set(folders)]
    .map((folder) => join(checkout, folder))
    .map((folder) => {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      const { name, version, license } = JSON.parse(text) as Description;
      if (license === undefined) throw new Error(`${name} does not say its licence`);
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      return { name, version, licence: license, terms: termsIn(folder) ?? shortTerms(license), purl };
    })
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
  // npm keeps some twice, below those that ask for them.
  return [...new Map(found.map((component) => [component.purl, component])).values()];
}

/** Node itself: its terms hold those of all that it is made of. */
export function nodeComponent(folder: string): Component {
  const [node] = componentsOf([folder]);
  if (node === undefined) throw new Error('Node is not there');
  return { ...node, name: 'node', purl: `pkg:generic/node@${node.version}` };
}

function termsIn(folder: string): string | undefined {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8');
}

function shortTerms(licence: string): string {
  return `The package brings no text of its licence, and names it: ${licence}.\n`;
}

/** The file of all terms, `copyright` in a Debian package. */
export function licenceText(components: readonly Component[]): string {
  const own = readFileSync(join(checkout, 'LICENSE'), 'utf8');
  const parts = components.map(({ name, version, licence, terms }) => {
    return `${'='.repeat(76)}\n${name} ${version} (${licence})\n\n${terms.trimEnd()}\n`;
  });
  return [
    `lvstop ${packageDescription.version} (${packageDescription.license})\n\n${own.trimEnd()}\n`,
    'The executable holds the following too, each under its own terms.\n',
    ...parts,
  ].join('\n');
}

/** The list of contents as CycloneDX 1.6, dated by `time`, seconds since 1970. */
export function cycloneDx(components: readonly Component[], time: number): string {
  const { version, license } = packageDescription;
  const listed = components.map(({ name, version, licence, purl }) => ({
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    licenses: [/ (AND|OR) /.test(licence) ? { expression: licence } : { license: { id: licence } }],
    purl,
    ...(name === 'node' && { components: partsOfNode() }),
  }));
  const own = `pkg:generic/lvstop@${version}`;
  return `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: `urn:uuid:${uuidOf(JSON.stringify(listed))}`,
      version: 1,
      metadata: {
        timestamp: new Date(time * 1000).toISOString(),
        component: {
          type: 'application',
          'bom-ref': own,
          name: 'lvstop',
          version,
          licenses: [{ license: { id: license } }],
        },
      },
      components: listed,
      dependencies: [{ ref: own, dependsOn: listed.map(({ purl }) => purl) }],
    },
    null,
    2,
  )}\n`;
}

/**
 * What the Node that runs this is made of, which is the same as the one inside; the terms of its parts are among
 * Node's.
 */
function partsOfNode(): readonly object[] {
  const numbers = new Set(['node', 'modules', 'napi', 'cldr', 'tz', 'unicode']);
  return Object.entries(process.versions)
    .filter(([name]) => !numbers.has(name))
    .map(([name, version]) => ({ type: 'library', name, version }));
}

/** A UUID that is the same for the same text. */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const [, a, b, c, d] = /^(.{8})(.{4}).(.{3}).(.{3})/.exec(hash) ?? [];
  return `${a}-${b}-5${c}-8${d}-${hash.slice(20, 32)}`;
}
