// The link of an invitation holds its secret behind the “#”. It leaves the address, and with it the
// history of the browser, and goes to the server in the body of the form.

function openInvitation() {
  const secret = location.hash.slice(1);
  if (!secret) return;
  history.replaceState(null, "", location.pathname);
  const form = document.getElementById("invitation");
  form.elements.link.value = secret;
  form.requestSubmit();
}

addEventListener("hashchange", openInvitation);
openInvitation();
