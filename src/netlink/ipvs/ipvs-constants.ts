/** Name and version of the family (`include/uapi/linux/ip_vs.h`, IPVS_GENL_NAME, IPVS_GENL_VERSION). */
export const ipvsFamily = { name: 'IPVS', version: 1 } as const;

/** Commands (`IPVS_CMD_*`). */
export const commands = {
  newService: 1,
  setService: 2,
  deleteService: 3,
  getService: 4,
  newDestination: 5,
  setDestination: 6,
  deleteDestination: 7,
  getDestination: 8,
  newDaemon: 9,
  deleteDaemon: 10,
  getDaemon: 11,
  setConfig: 12,
  getConfig: 13,
  setInfo: 14,
  getInfo: 15,
  zero: 16,
  flush: 17,
} as const;

/** Attributes at the top of a message (`IPVS_CMD_ATTR_*`). */
export const topAttributes = {
  service: 1,
  destination: 2,
  daemon: 3,
  timeoutTcp: 4,
  timeoutTcpFin: 5,
  timeoutUdp: 6,
} as const;

/** Attributes of an information answer (`IPVS_INFO_ATTR_*`). */
export const infoAttributes = { version: 1, connectionTableSize: 2 } as const;

/** Attributes of a service (`IPVS_SVC_ATTR_*`). */
export const serviceAttributes = {
  family: 1,
  protocol: 2,
  address: 3,
  port: 4,
  fwmark: 5,
  scheduler: 6,
  flags: 7,
  timeout: 8,
  netmask: 9,
  stats: 10,
  engine: 11,
  stats64: 12,
} as const;

/** Attributes of a destination (`IPVS_DEST_ATTR_*`). */
export const destinationAttributes = {
  address: 1,
  port: 2,
  forwarding: 3,
  weight: 4,
  upperThreshold: 5,
  lowerThreshold: 6,
  active: 7,
  inactive: 8,
  persistent: 9,
  stats: 10,
  family: 11,
  stats64: 12,
  tunnelType: 13,
  tunnelPort: 14,
  tunnelFlags: 15,
} as const;

/** Attributes of a sync daemon (`IPVS_DAEMON_ATTR_*`). */
export const daemonAttributes = {
  state: 1,
  interface: 2,
  syncId: 3,
  maxLength: 4,
  group: 5,
  group6: 6,
  port: 7,
  ttl: 8,
} as const;

/** Attributes of statistics (`IPVS_STATS_ATTR_*`); rates a second, bytes in bytes. */
export const statsAttributes = {
  connections: 1,
  inPackets: 2,
  outPackets: 3,
  inBytes: 4,
  outBytes: 5,
  connectionRate: 6,
  inPacketRate: 7,
  outPacketRate: 8,
  inByteRate: 9,
  outByteRate: 10,
} as const;

/** Service flags (`IP_VS_SVC_F_*`); the three scheduler flags are bits 3 to 5. */
export const serviceFlags = {
  persistent: 1,
  hashed: 2,
  onePacket: 4,
  schedulerShift: 3,
  schedulerMask: 7,
} as const;

/** The forwarding method's bits in `FWD_METHOD` (`IP_VS_CONN_F_FWD_MASK`). */
export const forwardingMask = 7;

/** States of a sync daemon (`IP_VS_STATE_*`). */
export const daemonStates = { master: 1, backup: 2 } as const;
