import { fileName, type LastingFile, type LastingFiles } from './lasting-files.ts';
import type { RealServerSetup } from './real-server-setup.ts';
import type { LastingSetting, SetupStep } from './setup-step.ts';

/** The files of `sysctl.d`, `modules-load.d` and systemd-networkd that make a set-up last. */
export function networkdFiles(setup: RealServerSetup, steps: readonly SetupStep[]): LastingFiles {
  const name = fileName(setup);
  const settings = steps.flatMap(({ lasting }) => lasting ?? []);
  const sysctls = settings.filter((setting) => setting.kind === 'sysctl');
  const modules = settings.filter((setting) => setting.kind === 'module');
  const route = settings.find((setting) => setting.kind === 'policy route');
  const left = steps.filter(({ lasting, remedy }) => lasting === undefined && remedy.kind === 'change');
  // A device that has an address is brought up by networkd.
  const untold = left.filter(({ key }) => !key.startsWith('up,'));
  return {
    remarks: [
      'For machines whose network is made by systemd-networkd. Parts that several services need stand in a file for each of them; networkd takes the same address twice for one.',
      ...(untold.length === 0
        ? []
        : [
            `Left out, since there is no file for it or it depends on the machine: ${untold.map(({ what }) => what).join('; ')}. The script of "lvstop setup --check" tells after a boot whether something is missing.`,
          ]),
    ],
    before: route === undefined ? [] : interfaceLines(route),
    files: [
      ...(sysctls.length === 0
        ? []
        : [
            {
              path: `/etc/sysctl.d/60-${name}.conf`,
              lines: sysctls.map(({ path, value }) => `${path.replaceAll('/', '.')} = ${value}`),
            },
          ]),
      ...(modules.length === 0
        ? []
        : [{ path: `/etc/modules-load.d/${name}.conf`, lines: modules.map((module) => module.name) }]),
      ...settings.flatMap((setting) => settingFiles(setting, setup)),
    ],
    after: [
      "echo 'at once: networkctl reload (a new .netdev file only after a restart of systemd-networkd)'",
    ],
    afterUndo: [],
  };
}

/**
 * Why systemd-networkd cannot make a set-up; `undefined` when it can. It has no setting for GRE checksums, and the
 * kernel refuses its GUE port (ERANGE; seen with systemd 252 on Linux 6.1).
 */
export function networkdObstacle(steps: readonly SetupStep[]): string | undefined {
  const needed = steps.find(
    ({ key, remedy, lasting }) =>
      remedy.kind === 'change' &&
      lasting === undefined &&
      (key.startsWith('fou,') || key.startsWith('device,')),
  );
  return needed && `systemd-networkd cannot make this: ${needed.what}`;
}

function settingFiles(setting: LastingSetting, setup: RealServerSetup): LastingFile[] {
  const name = fileName(setup);
  const folder = '/etc/systemd/network';
  switch (setting.kind) {
    case 'sysctl':
    case 'module':
      return [];
    case 'address': {
      const network = `${folder}/10-lvstop-${setting.device}.network`;
      const part = setting.prefix.replace(/[^0-9a-f]+/g, '-');
      return [
        {
          path: `${network}.d/${name}-${part}.conf`,
          lines: [
            '[Address]',
            `Address=${setting.prefix}`,
            ...(setting.family === 'inet'
              ? [`Label=${setting.device}:lvs`]
              : ['PreferredLifetime=0', 'DuplicateAddressDetection=none']),
          ],
        },
        {
          path: network,
          lines: [
            '# Written by lvstop setup --lasting. networkd takes the first file that matches a device: where another',
            '# one for this device comes first, move the parts in the folder beside this file to that one.',
            '[Match]',
            `Name=${setting.device}`,
            '',
            '[Network]',
            'LinkLocalAddressing=no',
          ],
          isShared: true,
        },
      ];
    }
    case 'tunnel':
      return [
        {
          path: `${folder}/10-${name}.netdev`,
          lines: [
            '[NetDev]',
            `Name=${setting.device}`,
            'Kind=ip6tnl',
            '',
            '[Tunnel]',
            `Local=${setting.local}`,
            'Independent=yes',
            'Mode=ipip6',
            'EncapsulationLimit=none',
          ],
        },
      ];
    case 'policy route':
      return [
        {
          path: `"$network.d/${name}.conf"`,
          lines: [
            '[RoutingPolicyRule]',
            `From=${setting.from}`,
            ...(setting.protocol === null ? [] : [`IPProtocol=${setting.protocol}`]),
            ...(setting.port === null ? [] : [`SourcePort=${setting.port}`]),
            `Table=${setting.table}`,
            `Priority=${setting.preference}`,
            '',
            '[Route]',
            `Gateway=${setting.gateway}`,
            `Table=${setting.table}`,
          ],
        },
      ];
  }
}

/** Lines of sh that find networkd's file for the interface towards the director. */
function interfaceLines({ gateway }: Extract<LastingSetting, { kind: 'policy route' }>): string[] {
  return [
    `device=$(ip -o route get ${gateway} 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\) .*/\\1/p')`,
    `network=$(networkctl status "$device" 2>/dev/null | sed -n 's/^ *Network File: *//p')`,
    'case $network in',
    '/*) network=/etc/systemd/network/$(basename "$network") ;;',
    '*)',
    `  echo "lvstop setup: systemd-networkd has no file for \${device:-the interface towards ${gateway}}, so --lasting ip is the way here" >&2`,
    '  exit 2',
    '  ;;',
    'esac',
  ];
}
