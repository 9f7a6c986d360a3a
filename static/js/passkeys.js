// Passkeys: the browser's own dialog, between two answers of ours.

const dialogs = {
  get: (asked) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) }),
  create: (asked) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) }),
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button) return;
  const form = button.form;
  const told = form.querySelector("[data-passkey-told]");
  told.textContent = "";
  try {
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token?.value ?? "");
    const asked = await fetch(button.dataset.ask, { method: "POST", body });
    if (!asked.ok) throw new Error("not asked");
    const answer = await dialogs[button.dataset.passkey](await asked.json());
    form.elements[button.dataset.field].value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch {
    told.textContent = "No passkey was used. Try again, or choose another way.";
  }
});
