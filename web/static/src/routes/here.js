/** The phone's place, put into a form's hidden fields; the form works without it. */

const OPTIONS = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 };

/** @param {HTMLFormElement} form @param {Record<string, string>} words */
export function wireHere(form, words) {
  const told = form.querySelector("[data-part=told]");
  if (!navigator.geolocation) {
    told.textContent = words.not_located;
    return;
  }
  const field = (name) => form.elements.namedItem(name);
  const locate = () => new Promise((resolve) => {
    told.textContent = words.locating;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field("lon").value = coords.longitude;
        field("lat").value = coords.latitude;
        field("accuracy_m").value = Math.round(coords.accuracy);
        told.textContent = words.located.replace("%s", Math.round(coords.accuracy));
        resolve(true);
      },
      () => {
        told.textContent = words.not_located;
        resolve(false);
      },
      OPTIONS,
    );
  });
  if (!("hereSends" in form.dataset)) {
    locate();
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await locate()) form.submit();
  });
}
