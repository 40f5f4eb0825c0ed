"""Works the notebooks in JupyterLab with Chromium, as a person would, and looks at what is painted there.

usage: browser.py CHROMIUM ADDRESS TOKEN FOLDER SHOTS TEST...

ADDRESS is JupyterLab's, with its base URL; FOLDER the folder of notebooks that it shows, which the tests write into;
SHOTS takes the screenshots. Every test gives one line, beginning with ok or FAIL."""

import json
import pathlib
import re
import sys
import time
import traceback
import urllib.request

from playwright.sync_api import sync_playwright

CHROMIUM, ADDRESS, TOKEN = sys.argv[1:4]
FOLDER, SHOTS = pathlib.Path(sys.argv[4]), pathlib.Path(sys.argv[5])
OUTPUTS = ".jp-OutputArea-output"


def copy(name, to, **params):
    """Copies a notebook with other values for its parameters and without its outputs."""
    notebook = json.loads((FOLDER / name).read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            for param, value in params.items():
                source = re.sub(r'Param\("%s", [^)]*\)' % param.replace("_", "-"), 'Param("%s", %s)' % (param.replace("_", "-"), value), source)
            cell.update(source=source, outputs=[], execution_count=None)
    (FOLDER / to).write_text(json.dumps(notebook), "utf-8")


def ask(method, path, body=None):
    """Calls the Jupyter server's own interface."""
    request = urllib.request.Request(ADDRESS + path, method=method, data=body and json.dumps(body).encode())
    request.add_header("Authorization", "token " + TOKEN)
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.loads(response.read() or "null")


def opened(browser, name, height=7000):
    """Opens a notebook in a page high enough for all of it: JupyterLab draws only what is in sight."""
    page = browser.new_page(viewport={"width": 1200, "height": height})
    page.set_default_timeout(30_000)
    page.goto(f"{ADDRESS}lab/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function("document.querySelector('.jp-Toolbar-kernelName')?.textContent.includes('StyleNet')")
    return page


def run_all(page):
    """Runs all cells; a notebook that has only just been opened may not hear the menu yet."""
    for _ in range(5):
        page.locator(".jp-Notebook .jp-Cell").first.click()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        try:
            page.wait_for_function("/\\[[*\\d]+\\]/.test([...document.querySelectorAll('.jp-InputPrompt')].map(p => p.textContent).join())", timeout=3000)
            return
        except Exception:
            page.keyboard.press("Escape")
    raise AssertionError("Run All does nothing")


def idle(page, seconds):
    """Waits until nothing runs or waits to run."""
    page.wait_for_function(
        "document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'idle' &&"
        " ![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))", timeout=1000 * seconds)


def spread(page):
    """Returns, for every picture in the outputs, the standard deviation of its pixels as the browser has painted it."""
    return page.evaluate("""async outputs => {
        const found = [];
        for (const img of document.querySelectorAll(outputs + " img")) {
            await img.decode();
            const canvas = document.createElement("canvas");
            canvas.width = 64; canvas.height = 64;
            const context = canvas.getContext("2d");
            context.drawImage(img, 0, 0, 64, 64);
            const pixels = context.getImageData(0, 0, 64, 64).data;
            let sum = 0, squares = 0;
            for (let i = 0; i < pixels.length; i += 4) { sum += pixels[i]; squares += pixels[i] ** 2; }
            const n = pixels.length / 4;
            const seen = img.getBoundingClientRect().width > 0;
            found.push(seen ? Math.sqrt(squares / n - (sum / n) ** 2) : 0);
        }
        return found;
    }""", OUTPUTS)


def check_pictures(page, least):
    deadline = time.time() + 20  # JupyterLab draws cell after cell
    while len(found := spread(page)) < least and time.time() < deadline:
        time.sleep(0.3)
    assert len(found) >= least, f"{len(found)} pictures, want at least {least}"
    assert min(found) > 3, f"a blank picture among those with spreads {[round(x, 1) for x in found]}"
    return len(found)


def check_outputs(page):
    errors = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')
    assert errors.count() == 0, "an error: " + errors.first.inner_text()
    assert page.locator(OUTPUTS + " script").count() == 0, "a script stays in the outputs"


def shot(page, name, height=2400):
    page.set_viewport_size({"width": 1200, "height": height})
    page.screenshot(path=SHOTS / (name + ".png"))


def text(page):
    return page.locator(".jp-Notebook").inner_text()


def wait_for_text(page, pattern, seconds):
    deadline = time.time() + seconds
    while not re.search(pattern, text(page)):
        assert time.time() < deadline, f"no {pattern!r} within {seconds} s"
        time.sleep(0.1)


def first_picture(browser):
    """Notebook 1: a slider is moved and Stop pressed while it paints; it runs on to its end, every picture painted."""
    copy("1_first_picture.ipynb", "first.ipynb", steps=4000, size=64)
    page = opened(browser, "first.ipynb")
    run_all(page)
    page.wait_for_selector("[data-press=pause]", timeout=60_000)
    steering = running(page)
    click_slider(page.get_by_label("style", exact=True), 0.7)
    wait_for_steps(page, steering)
    stop(page)
    assert re.search(r"steered: style [\d.]+ after step \d+", text(page)), "the record does not say what was done"
    idle(page, 60)
    check_outputs(page)
    check_pictures(page, 5)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    shot(page, "first")
    page.close()


def untrusted(browser):
    """The same notebook from a stranger shows the same pictures, in the dark theme too."""
    ask("PUT", "lab/api/settings/@jupyterlab/apputils-extension:themes", {"raw": '{"theme": "JupyterLab Dark"}'})
    trusted = lambda name: next(c for c in ask("GET", "api/contents/" + name)["content"]["cells"] if c["cell_type"] == "code")["metadata"]["trusted"]
    assert trusted("first.ipynb"), "the notebook just run is not trusted"
    for name, pictures in ("first.ipynb", 5), ("3_cockpit.ipynb", 14):  # the second as it comes with the clone
        notebook = json.loads((FOLDER / name).read_text("utf-8"))
        notebook["metadata"]["stranger"] = True  # so that no signature fits
        (FOLDER / ("stranger_" + name)).write_text(json.dumps(notebook), "utf-8")
        page = opened(browser, "stranger_" + name)
        assert not trusted("stranger_" + name), "the copy is trusted"
        check_pictures(page, pictures)
        shot(page, "untrusted-" + name.removesuffix(".ipynb"), 7000)
        page.close()


def controls(browser):
    """Ask and the cockpit are worked with the mouse; Stop ends the run with what there is."""
    copy("3_cockpit.ipynb", "cockpit.ipynb", steps=4000, size=96)
    page = opened(browser, "cockpit.ipynb", height=3000)
    run_all(page)
    page.wait_for_selector("[data-widget] canvas")
    page.wait_for_function("document.querySelector('[data-link]').textContent === ''")
    before = page.locator(OUTPUTS + " > img").last.get_attribute("src")
    page.get_by_label("style", exact=True).select_option("waves")
    click_slider(page.get_by_label("style weight"), 0.9)
    weight = page.locator('[aria-label="style weight"] + span').inner_text()
    page.locator("canvas").scroll_into_view_if_needed()
    canvas = page.locator("canvas").bounding_box()
    page.mouse.move(canvas["x"] + 20, canvas["y"] + 20)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 60, canvas["y"] + 40, steps=5)
    page.mouse.up()
    page.wait_for_function("([selector, src]) => [...document.querySelectorAll(selector)].at(-1).src !== src", arg=[OUTPUTS + " > img", before])
    shot(page, "ask" + suffix(), 1500)
    page.locator("[data-press=use]").click()
    assert float(weight) > 300, f"the slider shows {weight}"
    wait_for_text(page, r"style\s+waves\s+style weight\s+" + re.escape(weight) + r"\s[^%]*\s[1-9]\d* % painted", 20)
    steer(page)
    page.close()


def click_slider(slider, share):
    """Clicks a slider at a share of its length."""
    box = slider.bounding_box()
    slider.click(position={"x": share * box["width"], "y": box["height"] / 2})


def steer(page):
    """Turns, pauses, takes back and stops the run."""
    page.wait_for_selector("[data-press=pause]")
    running(page)
    click_slider(page.get_by_label("style", exact=True), 0.8)
    page.locator("[data-press=pause]").click()
    wait_for_text(page, "paused after step", 10)
    time.sleep(0.7)
    paused = re.search(r"paused after step (\d+)", text(page)).group(1)
    time.sleep(1)
    assert re.search(r"paused after step (\d+)", text(page)).group(1) == paused, "the pause does not hold"
    page.locator("[data-press=undo]").click()
    wait_for_text(page, r"paused after step (?!%s\b)" % paused, 10)
    page.locator("[data-press=pause]").click()
    wait_for_text(page, r"share of the gradient", 30)
    shot(page, "cockpit" + suffix(), 2400)
    stop(page, '[data-jp-item-name="interrupt"]' if suffix() else "[data-press=stop]")
    assert re.search(r"steered: .*style [\d.]+ after step \d+.*back to step \d+", text(page)), "the record does not say what was done"
    check_pictures(page, 2)


def running(page):
    """Waits until the run is past its opening steps and the pause while the fast program is still being compiled, and
    returns the step shown."""
    wait_for_text(page, r"step \d\d\d+ of 4000", 90)
    return step(page)


def step(page):
    return int(re.search(r"step (\d+) of 4000", text(page)).group(1))


def wait_for_steps(page, since):
    """Waits until the run has shown two later steps, so that a change made at since has been in force."""
    for _ in range(2):
        deadline = time.time() + 20
        while step(page) == since:
            assert time.time() < deadline, f"still at step {since}"
            time.sleep(0.1)
        since = step(page)


def stop(page, button='[data-jp-item-name="interrupt"]'):
    """Presses the Stop button, or the cockpit's own, and waits for the record."""
    page.locator(button).first.click()
    began = time.time()
    wait_for_text(page, r"stopped at step \d+ of 4000", 20)
    print(f"      Stop to record: {time.time() - began:.1f} s", flush=True)


def write(name, *sources):
    """Writes a notebook with these code cells."""
    notebook = json.loads((FOLDER / "1_first_picture.ipynb").read_text("utf-8"))
    notebook["cells"] = [{"cell_type": "code", "id": f"cell{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
                         for n, source in enumerate(sources)]
    (FOLDER / name).write_text(json.dumps(notebook), "utf-8")


def repl(browser):
    """Runs cells of bare Go: values live on, the last expression is shown, an error is one card."""
    write("repl.ipynb", "x := 3\nnames := map[string]int{\"b\": 2, \"a\": 1}", "x * 14", "names",
          'kernelext.Must(picture.Open("gallery.jpg", 256))', "x = x + 1\nfmt.Printn(x)", "x")
    page = opened(browser, "repl.ipynb", 1000)
    run_all(page)
    idle(page, 60)
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    said = [" ".join(cells.nth(n).locator(OUTPUTS).all_inner_texts()) for n in range(cells.count())]
    assert said[1] == "42" and said[2] == "map[a:1 b:2]", f"the cells show {said}"
    assert cells.nth(3).locator(OUTPUTS + " img").count() == 1, "the picture is not shown"
    assert "undefined: fmt.Printn; fmt.Print, fmt.Println?" in said[4] and "line 2" in said[4], f"the error is {said[4]}"
    assert said[5] == "", "Run All goes on behind a failing cell"
    shot(page, "repl", 1000)
    page.close()


def help(browser):
    """Asks for completions and signatures in a cell that is not finished."""
    write("help.ipynb", '// double returns twice a number.\nfunc double(n int) int { return 2 * n }\nword := "a word"', "")
    page = opened(browser, "help.ipynb", 900)
    run_all(page)
    idle(page, 60)
    page.locator(".jp-Notebook .jp-Cell .cm-content").last.click()
    page.keyboard.type("for {\nx := double(")
    shown = asked(page, "Shift+Tab", ".jp-Tooltip")
    assert "func double(n int) int" in shown and "double returns twice a number." in shown, "Shift-Tab shows " + shown
    shot(page, "help-signature", 900)
    page.keyboard.type("stylelib.")
    shown = asked(page, "Tab", ".jp-Completer")
    assert "Transfer" in shown and "Options" in shown, "Tab shows " + shown
    shot(page, "help-completion", 900)
    page.close()


def asked(page, key, where):
    """Presses a key, and returns what is shown there then."""
    began = time.time()
    page.keyboard.press(key)
    page.wait_for_selector(where + ":not(.lm-mod-hidden)", timeout=10_000)
    print(f"      {key}: {time.time() - began:.2f} s", flush=True)
    return page.locator(where).inner_text()


def suffix():
    """Tells the screenshots of servers with a base URL from others."""
    return "" if re.match(r"https?://[^/]+/$", ADDRESS) else "-base-url"


def main():
    failed = False
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for test in sys.argv[6:]:
            began = time.time()
            try:
                globals()[test](browser)
                print(f"ok    browser: {test}{suffix()} ({time.time() - began:.1f} s)", flush=True)
            except Exception:
                failed = True
                print(f"FAIL  browser: {test}{suffix()}\n{traceback.format_exc(limit=3)[:1500]}", flush=True)
                for context in browser.contexts:
                    for page in context.pages:
                        page.screenshot(path=SHOTS / f"failed-{test}{suffix()}.png")
                        page.close()
            for session in ask("GET", "api/sessions"):
                ask("DELETE", "api/sessions/" + session["id"])
        browser.close()
    sys.exit(failed)


main()
