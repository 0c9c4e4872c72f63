import type { Family } from '../../ipvs/family.ts';
import { tunnelOverhead } from '../tunnel-overhead.ts';
import {
  addressStep,
  answersElsewhereSteps,
  silentAddressSteps,
  sysctlStep,
  unheardSteps,
  wayToClientsStep,
} from './common-steps.ts';
import { hostPrefix, type RealServerSetup, requireVirtualAddresses } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';
import { shellLine } from './shell.ts';

/** The device that unwraps the packets. */
interface TunnelDevice {
  readonly name: string;
  /**
   * The module that brings the device, a fallback for packets of no other tunnel; `null` for a device made for the
   * purpose.
   */
  readonly module: string | null;
  /** Type and settings for `ip link add`, for a device made for the purpose. */
  readonly settings: readonly string[];
  /** Whether systemd-networkd can make it; it has no setting for GRE checksums. */
  readonly lasts?: boolean;
}

/** Bytes of the largest packets that clients usually send. */
const usualPacket = 1500;

/** TUN: the packet arrives wrapped; a tunnel device with the virtual address unwraps it and takes it in. */
export function tunnelSteps(setup: RealServerSetup): SetupStep[] {
  const { family } = setup.service;
  const device = tunnelDevice(setup);
  return [
    ...silentAddressSteps(family),
    ...portSteps(setup),
    deviceStep(device, setup.realServer.address),
    ...(family === 'inet' ? [reversePathStep(device.name)] : []),
    upStep(device.name),
    ...requireVirtualAddresses(setup).map((address) =>
      addressStep(
        family,
        address,
        device.name,
        "The client's packet comes out of the tunnel with the virtual address as its destination, which has to be one of this machine's own.",
      ),
    ),
    ...unheardSteps(setup),
    ...segmentSteps(setup),
    ...wayToClientsStep(setup),
    ...answersElsewhereSteps(setup),
  ];
}

/**
 * The device for a tunnel. The kernel's own fallback devices are used where possible. They accept no GRE checksums
 * (`ip_tunnel_rcv` in `net/ipv4/ip_tunnel.c` drops packets with one when the device does not ask for it, and the
 * other way round), and ip6tnl0 accepts no IPv4 (`ip6_fb_tnl_dev_init` in `net/ipv6/ip6_tunnel.c`).
 */
function tunnelDevice({ service, realServer, tunnel }: RealServerSetup): TunnelDevice {
  const outer = realServer.family;
  const ownName = (kind: string) => `lvs${kind}${shortHash(realServer.address)}`;
  if (tunnel.type === 'gre') {
    const settings = ['local', realServer.address, 'icsum'];
    if (tunnel.checksum === 'yes') {
      return outer === 'inet'
        ? { name: ownName('gre'), module: null, settings: ['gre', ...settings] }
        : { name: ownName('gre6'), module: null, settings: ['ip6gre', ...settings] };
    }
    return outer === 'inet'
      ? { name: 'gre0', module: 'ip_gre', settings: [] }
      : { name: 'ip6gre0', module: 'ip6_gre', settings: [] };
  }
  if (tunnel.type !== 'ipip' && tunnel.type !== 'gue') {
    throw new Error(`there is no set-up for a tunnel of type ${tunnel.type}`);
  }
  if (outer === 'inet') {
    return service.family === 'inet'
      ? { name: 'tunl0', module: 'ipip', settings: [] }
      : { name: 'sit0', module: 'sit', settings: [] };
  }
  return service.family === 'inet6'
    ? { name: 'ip6tnl0', module: 'ip6_tunnel', settings: [] }
    : {
        name: ownName('ip6'),
        module: null,
        settings: ['ip6tnl', 'mode', 'ipip6', 'local', realServer.address, 'encaplimit', 'none'],
        lasts: true,
      };
}

function deviceStep({ name, module, settings, lasts }: TunnelDevice, local: string): SetupStep {
  const is = [`${shellLine('ip', 'link', 'show', 'dev', name)} >/dev/null 2>&1`];
  return module === null
    ? {
        key: `device,${name}`,
        what: `tunnel ${name}, ${settings.join(' ')}`,
        why: "It takes tunnelled packets from whatever director, so that they arrive after a failover, too. A device of its own, since the kernel's fallback device cannot be set so.",
        is,
        remedy: {
          kind: 'change',
          was: [],
          make: [shellLine('ip', 'link', 'add', 'name', name, 'type', ...settings)],
          unmake: [
            `! ${shellLine('ip', 'link', 'show', 'dev', name)} >/dev/null 2>&1 || ${shellLine('ip', 'link', 'del', 'dev', name)}`,
          ],
        },
        ...(lasts === true && { lasting: { kind: 'tunnel', device: name, local } as const }),
      }
    : {
        key: `module,${module}`,
        what: `${name}, which module ${module} brings`,
        why: `${name} takes tunnelled packets that no other tunnel of this machine is for. The module stays loaded in any case: unloading it would take every tunnel that uses it.`,
        is,
        remedy: { kind: 'lasting change', make: [shellLine('modprobe', module)] },
        lasting: { kind: 'module', name: module },
      };
}

function upStep(name: string): SetupStep {
  return {
    key: `up,${name}`,
    what: `${name} is up`,
    why: 'A device that is down takes no packets.',
    is: [`[ -n "$(${shellLine('ip', 'link', 'show', 'up', 'dev', name)} 2>/dev/null)" ]`],
    remedy: {
      kind: 'change',
      was: [],
      make: [shellLine('ip', 'link', 'set', 'dev', name, 'up')],
      unmake: [
        `! ${shellLine('ip', 'link', 'show', 'dev', name)} >/dev/null 2>&1 || ${shellLine('ip', 'link', 'set', 'dev', name, 'down')}`,
      ],
    },
  };
}

/**
 * Relaxes the reverse path filter of the device. The kernel takes the greater of "all" and the interface's own value
 * (`IN_DEV_RPFILTER` in `include/linux/inetdevice.h`).
 */
function reversePathStep(name: string): SetupStep {
  const own = `/proc/sys/net/ipv4/conf/${name}/rp_filter`;
  const step = sysctlStep(
    `net/ipv4/conf/${name}/rp_filter`,
    [2],
    `Packets of clients come out of ${name}, and answers leave by another interface, which a strict reverse path filter (1) takes for forgery. 2 lets them pass as long as this machine has a route to the client. The kernel takes the greater of "all" and the interface's own value, so "all" can stay as it is for the other interfaces.`,
  );
  return {
    ...step,
    what: `no strict reverse path filter on ${name} (rp_filter 2, or 0 and 0 for all)`,
    is: [
      `own=$(cat ${own} 2>/dev/null) || return 1`,
      'all=$(cat /proc/sys/net/ipv4/conf/all/rp_filter)',
      '[ "$own" = 2 ] || [ "$all" = 2 ] || [ "$own$all" = 00 ]',
    ],
  };
}

/**
 * GUE comes in by a UDP port, which hands the inner packet on to the tunnel device, with or without a UDP checksum.
 */
function portSteps({ realServer, tunnel }: RealServerSetup): SetupStep[] {
  if (tunnel.type !== 'gue') return [];
  const words = ['ip', ...(realServer.family === 'inet6' ? ['-6'] : []), 'fou'];
  const port = `port ${tunnel.port} gue`;
  const shown =
    realServer.family === 'inet6' ? `grep -q '^${port} -6'` : `grep '^${port}' | grep -vq -e ' -6'`;
  const is = `${shellLine(...words, 'show')} 2>/dev/null | ${shown}`;
  return [
    {
      key: 'module,fou',
      what: 'UDP encapsulation, which module fou brings',
      why: 'GUE is a packet inside UDP. The module stays loaded in any case.',
      is: [`${shellLine('ip', 'fou', 'show')} >/dev/null 2>&1`],
      remedy: {
        kind: 'lasting change',
        make: [shellLine('modprobe', 'fou'), ...(realServer.family === 'inet6' ? ['modprobe fou6'] : [])],
      },
      lasting: { kind: 'module', name: realServer.family === 'inet6' ? 'fou6' : 'fou' },
    },
    {
      key: `fou,${realServer.family},${tunnel.port}`,
      what: `UDP port ${tunnel.port} takes GUE${realServer.family === 'inet6' ? ' over IPv6' : ''}`,
      why: "It takes the UDP and GUE headers off and hands what is inside on to the tunnel device. With or without a checksum, as the director's table has it.",
      is: [is],
      remedy: {
        kind: 'change',
        was: [],
        make: [`${shellLine(...words, 'add', 'port', String(tunnel.port), 'gue')}`],
        unmake: [`! ${is} || ${shellLine(...words, 'del', 'port', String(tunnel.port))}`],
      },
    },
  ];
}

/** Announces a smaller segment size to clients where a full packet does not fit into the tunnel. */
function segmentSteps({ service, realServer, tunnel, mtu, virtualAddresses }: RealServerSetup): SetupStep[] {
  const overhead = tunnelOverhead(realServer.family, tunnel);
  const room = (mtu ?? usualPacket) - (overhead ?? 0);
  const isTcp = service.kind === 'fwmark' || service.protocol === 'tcp';
  if (!isTcp || room >= usualPacket) return [];
  const segment = room - (service.family === 'inet' ? 40 : 60);
  return virtualAddresses.map((address) => segmentStep(service.family, address, segment, usualPacket - room));
}

function segmentStep(family: Family, address: string, segment: number, missing: number): SetupStep {
  const prefix = `${address}/${hostPrefix(family)}`;
  const words =
    family === 'inet' ? { nft: 'ip', iptables: 'iptables' } : { nft: 'ip6', iptables: 'ip6tables' };
  const table = `lvstop_${address.replaceAll(':', '_')}_${segment}`;
  const hasTable = `${shellLine('nft', 'list', 'table', words.nft, table)} >/dev/null 2>&1`;
  const rule = (change: string) =>
    `${shellLine(
      ...[words.iptables, '-w', '-t', 'mangle', change, 'POSTROUTING', '-s', prefix, '-p', 'tcp'],
      ...['--tcp-flags', 'SYN,RST', 'SYN', '-j', 'TCPMSS', '--set-mss', String(segment)],
    )} >/dev/null 2>&1`;
  return {
    key: `segment,${address},${segment}`,
    what: `clients of ${address} are told to send at most ${segment} bytes a segment`,
    why: `With the outer header a full packet is ${missing} bytes too long for the way from the director, which then asks the client for smaller ones by ICMP. Where a firewall swallows that, uploads hang. Announcing a smaller segment (MSS) avoids the question. It takes nft or iptables; a way from the director that has room for ${usualPacket + missing} bytes makes it needless.`,
    is: [`${hasTable} || ${rule('-C')}`],
    remedy: {
      kind: 'change',
      isOptional: true,
      was: [],
      make: [
        `nft -f - 2>/dev/null <<'END' || ${rule('-A')}`,
        `table ${words.nft} ${table} {`,
        '  chain answers {',
        '    type filter hook output priority mangle; policy accept;',
        `    ${words.nft} saddr ${prefix} tcp flags & (syn | rst) == syn tcp option maxseg size set ${segment}`,
        '  }',
        '}',
        'END',
      ],
      unmake: [
        `! ${hasTable} || ${shellLine('nft', 'delete', 'table', words.nft, table)} || return 1`,
        `while ${rule('-D')}; do :; done`,
      ],
    },
  };
}

/** Four characters that distinguish addresses in the name of a device, which may have 15 characters. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return (hash % 36 ** 4).toString(36).padStart(4, '0');
}
