import { loadModels, type ModelFile } from "../../../datamodels/load/loader.ts";
import type { KnownModels } from "../../../datamodels/load/scope.ts";
import { DataModel } from "../../../datamodels/model.ts";
import { packModel } from "../../../datamodels/pack.ts";

/** A document of our own: `body` within `<dm:document>`. */
export const documentOf = (body: string, spec = "urn:example-com:test-1-0-0", file = "test.xml"): ModelFile => ({
  name: file,
  text: `<?xml version="1.0" encoding="UTF-8"?>
<dm:document xmlns:dm="urn:broadband-forum-org:cwmp:datamodel-1-4" xmlns:dmr="urn:broadband-forum-org:cwmp:datamodel-report-0-1" spec="${spec}" file="${file}">
${body}
</dm:document>`,
});

/** The one model that the files define, packed and unpacked as it is at run time. */
export function modelOf(files: readonly ModelFile[], known?: KnownModels): DataModel {
  const [model, ...more] = loadModels(files, known);
  if (!model || more.length > 0) throw new Error("the files do not define one model");
  return new DataModel(packModel(model, { prose: true }));
}

/** A model `Device:2.99` with these objects. */
export const deviceModel = (objects: string, types = ""): DataModel =>
  modelOf([documentOf(`${types}<model name="Device:2.99">${objects}</model>`)]);

/** A parameter with this syntax element. */
export const parameter = (name: string, syntax: string, attributes = 'access="readWrite"'): string =>
  `<parameter name="${name}" ${attributes}><syntax>${syntax}</syntax></parameter>`;
