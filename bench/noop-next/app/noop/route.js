/** What Next costs when the handler does nothing: read the body, answer. Part of the bench only. */
export async function POST(request) {
  await request.json();
  return Response.json({ ok: true }, { status: 201 });
}
