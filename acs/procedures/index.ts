import type { OperationKind } from "../../fleet/operations/model.ts";
import { readAttributes, setAttributes } from "./attributes.ts";
import { cancelTransfer } from "./cancel-transfer.ts";
import { capabilities } from "./capabilities.ts";
import { create } from "./create.ts";
import { deleteObject } from "./delete.ts";
import { discover } from "./discover.ts";
import { download } from "./download.ts";
import { factoryReset } from "./factory-reset.ts";
import { listTransfers } from "./list-transfers.ts";
import type { AnyProcedure } from "./procedure.ts";
import { raw } from "./raw.ts";
import { read } from "./read.ts";
import { reboot } from "./reboot.ts";
import { scheduleContact } from "./schedule-contact.ts";
import { software } from "./software.ts";
import { upload } from "./upload.ts";
import { wake } from "./wake.ts";
import { write } from "./write.ts";

/** How each kind of operation is carried out with CWMP. A new kind is a file and a line here. */
export const procedures: Readonly<Record<OperationKind, AnyProcedure>> = {
  read,
  write,
  create,
  delete: deleteObject,
  discover,
  setAttributes,
  readAttributes,
  reboot,
  factoryReset,
  scheduleContact,
  download,
  upload,
  cancelTransfer,
  listTransfers,
  software,
  capabilities,
  raw,
  wake,
};
