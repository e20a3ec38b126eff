import { createServer } from "node:http";

// The floor that no session can beat: a bare node:http server that reads each body and answers the same bytes as an
// ACS with nothing to do. Prints where it listens.
const INFORM_RESPONSE =
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:cwmp="urn:dslforum-org:cwmp-1-2" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header><cwmp:ID SOAP-ENV:mustUnderstand="1">1</cwmp:ID></SOAP-ENV:Header><SOAP-ENV:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const empty = Buffer.concat(chunks).length === 0;
    response.setHeader("Set-Cookie", "session=0123456789abcdefghijklmnopqrstuv; Path=/");
    if (empty) response.writeHead(204).end();
    else
      response
        .writeHead(200, { "Content-Type": 'text/xml; charset="utf-8"', "Content-Length": INFORM_RESPONSE.length })
        .end(INFORM_RESPONSE);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    console.log(`floor listening on http://127.0.0.1:${address.port}`);
});
