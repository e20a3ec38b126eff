import { type KnownItem, KnownTree } from "../../../../datamodels/known-tree.ts";
import { ModelSet } from "../../../../datamodels/model-set.ts";
import type { ValidationContext } from "../../../../datamodels/validation/context.ts";
import type { Finding } from "../../../../datamodels/validation/rules.ts";
import { deviceModel, parameter } from "../document.ts";

const single = 'access="readOnly" minEntries="1" maxEntries="1"';
const ro = 'access="readOnly"';

/** A small gateway with one of everything that validation looks at. */
export const gateway = deviceModel(`
  <object name="Device." ${single}/>
  <object name="Device.Services." ${single}/>
  <object name="Device.ManagementServer." ${single}>
    ${parameter("LightweightNotificationProtocolsUsed", "<list/><string/>")}
    ${parameter("URL", "<string><size maxLength='256'/></string>", 'access="readWrite" activeNotify="canDeny"')}
    ${parameter("ParameterKey", "<string/>", `${ro} activeNotify="forceEnabled"`)}
    ${parameter("Busy", "<string/>", 'access="readOnly" activeNotify="willDeny"')}
    ${parameter("Supported", "<list/><string/>", ro)}
    ${parameter("Used", "<list/><string><enumerationRef targetParam='Supported' nullValue='None'/></string>")}
  </object>
  <object name="Device.Wifi." ${single}>${parameter("RowNumberOfEntries", "<unsignedInt/>", ro)}</object>
  <object name="Device.Wifi.Row.{i}." access="readWrite" minEntries="0" maxEntries="3" numEntriesParameter="RowNumberOfEntries" enableParameter="Enable">
    <uniqueKey functional="false"><parameter ref="Alias"/></uniqueKey>
    <uniqueKey><parameter ref="Name"/><parameter ref="Kind"/></uniqueKey>
    ${parameter("Enable", "<boolean/><default type='object' value='false'/>")}
    ${parameter("Alias", "<string><size maxLength='64'/></string>")}
    ${parameter("Name", "<string><size maxLength='32'/></string><default type='object' value='new'/>")}
    ${parameter("Kind", "<list/><string/><default type='object' value=''/>")}
    ${parameter("Channel", "<unsignedInt><range minInclusive='1' maxInclusive='13'/></unsignedInt>")}
    ${parameter("Mode", "<string><enumeration value='Open'/><enumeration value='Error' access='readOnly'/></string>")}
    ${parameter("Key", "<string><size minLength='8' maxLength='63'/></string>").replace("<syntax>", '<syntax secured="true">')}
    ${parameter("Push", "<boolean/>").replace("<syntax>", '<syntax command="true">')}
    ${parameter("Peer", "<string><pathRef refType='strong' targetParent='#.Row.' targetType='row'/></string>")}
    ${parameter("Any", "<list/><string><pathRef refType='weak' targetParent='.Wifi.Row. .Wifi.Fixed.' targetType='row'/></string>")}
    ${parameter("Inner", "<string><pathRef refType='weak' targetParent='.Wifi.Row.{i}.Sub.' targetType='row'/></string>")}
    ${parameter("State", "<string/>", ro)}
    ${parameter("Was", "<string/>", 'access="readWrite" status="deleted"')}
    ${parameter("Old", "<string><size maxLength='9'/></string>", 'access="readWrite" status="deprecated"')}
    ${parameter("Once", "<string><size maxLength='9'/></string>", 'access="writeOnceReadOnly"')}
  </object>
  <object name="Device.Wifi.Row.{i}.Sub.{i}." access="readWrite" minEntries="1" maxEntries="unbounded">${parameter("A", "<int/>")}</object>
  <object name="Device.Wifi.Fixed.{i}." access="readOnly" minEntries="0" maxEntries="unbounded">${parameter("B", "<int/>")}</object>`);

/** Two rows, counted; nothing known of the tables within. */
export const seen: readonly KnownItem[] = [
  { path: "Device.Wifi.RowNumberOfEntries", type: "unsignedInt", value: "2" },
  { path: "Device.Wifi.Row.1.Enable", type: "boolean", value: "1" },
  { path: "Device.Wifi.Row.1.Alias", type: "string", value: "first" },
  { path: "Device.Wifi.Row.1.Name", type: "string", value: "home" },
  { path: "Device.Wifi.Row.1.Kind", type: "string", value: "a,b" },
  { path: "Device.Wifi.Row.1.Channel", type: "unsignedInt", value: "6", writable: true },
  { path: "Device.Wifi.Row.2.Enable", type: "boolean", value: "0" },
  { path: "Device.Wifi.Row.2.Alias", type: "string", value: "second" },
  { path: "Device.Wifi.Row.2.Name", type: "string", value: "guest" },
  { path: "Device.Wifi.Row.2.Kind", type: "string", value: "a,b" },
  { path: "Device.ManagementServer.Supported", type: "string", value: "UDP,XMPP" },
  { path: "Device.Odd.Number", type: "int", value: "4", writable: true },
];

export const contextOf = (
  known: readonly KnownItem[] = seen,
  mode: "strict" | "standard" = "standard",
): ValidationContext => ({
  models: new ModelSet([gateway]),
  known: new KnownTree(known),
  mode,
});

/** `error range` and the like. */
export const codesOf = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, code }) => `${severity} ${code}`);
