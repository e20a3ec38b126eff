import type { ProfileFact, ProfileObjectFact } from "../facts.ts";
import { childrenNamed, type XmlElement } from "../xml/element.ts";
import { requiredAttribute } from "./document.ts";
import { defined, statusOf } from "./facets.ts";
import { laterVersion } from "./version.ts";

export function readProfile(
  file: string,
  element: XmlElement,
  prefix: string,
  version: string | undefined,
): ProfileFact {
  const rootParameters = readParameters(file, element);
  const objects = childrenNamed(element, "object")
    .filter((object) => object.attributes.get("status") !== "deleted")
    .map(
      (object): ProfileObjectFact => ({
        path: prefix + requiredAttribute(file, object, "ref"),
        requirement: object.attributes.get("requirement")?.trim() ?? "present",
        parameters: readParameters(file, object),
      }),
    );
  return defined<ProfileFact>({
    name: requiredAttribute(file, element, "name"),
    base: element.attributes.get("base"),
    extends: element.attributes.get("extends")?.trim().split(/\s+/),
    status: statusOf(file, element),
    version: laterVersion(element.attributes.get("version"), version),
    objects:
      rootParameters.length > 0
        ? [{ path: "", requirement: "present", parameters: rootParameters }, ...objects]
        : objects,
  });
}

const readParameters = (file: string, element: XmlElement): (readonly [string, string?])[] =>
  childrenNamed(element, "parameter").map((parameter) => {
    const requirement = parameter.attributes.get("requirement")?.trim();
    const name = requiredAttribute(file, parameter, "ref");
    return requirement === undefined || requirement === "readOnly" ? [name] : [name, requirement];
  });
