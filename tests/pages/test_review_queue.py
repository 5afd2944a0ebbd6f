"""The documents of a job as a queue: worst first, filters, deciding about one or many."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job, JobStatus, Review
from jobs.review import reviews
from orgsettings.models import Role
from tests.factories import C, F, P, R, X, make_job, make_poor, make_user
from tests.pages.conftest import sign_in

ACCEPTED, EXCLUDED = Review.ACCEPTED, Review.EXCLUDED


@pytest.fixture
def job(member):
    """Scores 90, 60, –, 80, 60, 75 of 3 ready and 2 poor results; the threshold is 70."""
    job = make_job(member, status=JobStatus.COMPLETED, rows=[C, C, F, C, C, C])
    for position, score in {0: 90, 1: 60, 3: 80, 4: 60, 5: 75}.items():
        job.job_documents.filter(position=position).update(
            conversion_score=score,
            quality_scores={"conversion_score": score, "clarity": 8.0, "completeness": 8.0},
        )
    bands = [0, 0, 0, 0, 0, 0, 2, 1, 1, 1]
    Job.objects.filter(pk=job.pk).update(score_sum=365, score_bands=bands)
    make_poor(job, 1, 4)
    return job


def url(job, query="", name="detail"):
    return reverse(f"jobs:{name}", args=[job.pk]) + query


def row(job, position):
    return job.job_documents.get(position=position)


def result_url(row, query=""):
    return reverse("jobs:result", args=[row.job_id, row.pk]) + query


def shown(browser, job, query=""):
    page = browser.get(url(job, query))
    return [row.position for row in page.context["page"].object_list]


def decide(browser, job, verdict, *positions, query="", **values):
    rows = [str(row(job, position).pk) for position in positions]
    return browser.post(
        url(job, query, "review"), {"review": verdict, "row": rows} | values, follow=True
    )


def decided(job):
    return list(job.job_documents.order_by("position").values_list("review", flat=True))


# --- order and filters ------------------------------------------------------------------------


def test_the_worst_documents_come_first_and_then_the_better_ones(browser, job):
    assert shown(browser, job) == [2, 1, 4, 5, 3, 0]


def test_a_result_that_misses_a_threshold_is_worse_than_a_lower_score_that_misses_none(
    browser, job
):
    make_poor(job, 0)

    assert shown(browser, job) == [2, 1, 4, 0, 5, 3]


def test_documents_are_shown_in_their_order_when_that_is_asked_for(browser, job):
    assert shown(browser, job, "?sort=order") == [0, 1, 2, 3, 4, 5]
    assert shown(browser, job, "?sort=nonsense") == shown(browser, job)


@pytest.mark.parametrize(
    ("state", "worst", "order"),
    [
        ("not_ready", [1, 4], [1, 4]),
        ("low", [1, 4], [1, 4]),
        ("failed", [2], [2]),
        ("reviewed", [5, 0], [0, 5]),
        ("to_review", [1, 4, 3], [1, 3, 4]),
        ("rag_ready", [5, 3, 0], [0, 3, 5]),
        ("completed", [1, 4, 5, 3, 0], [0, 1, 3, 4, 5]),
    ],
)
def test_filters_show_their_documents_and_count_them(browser, member, job, state, worst, order):
    reviews.review(job, [row(job, 5).pk], ACCEPTED, by=member)
    reviews.review(job, [row(job, 0).pk], EXCLUDED, by=member)

    page = browser.get(url(job))

    assert {name: count for name, _, count, _ in page.context["filters"]}[state] == len(worst)
    assert shown(browser, job, f"?state={state}") == worst
    assert shown(browser, job, f"?state={state}&sort=order") == order


def test_a_low_score_is_one_below_the_threshold_of_the_job(browser, job):
    make_poor(job, 0, 1, 4)  # 0 misses another threshold
    job.processing_options["quality_thresholds"]["conversion_threshold"] = 80
    job.save()

    assert shown(browser, job, "?state=low&sort=order") == [1, 4, 5]
    assert shown(browser, job, "?state=not_ready&sort=order") == [0, 1, 4]


def test_pages_go_on_where_the_last_one_ended(browser, job, monkeypatch):
    monkeypatch.setattr("jobs.views.panels.DOCUMENTS_PER_PAGE", 2)

    assert [shown(browser, job, f"?page={number}") for number in (1, 2, 3)] == [
        [2, 1], [4, 5], [3, 0]
    ]  # fmt: skip


def test_a_search_keeps_order_and_filter(browser, job):
    job.job_documents.filter(position__in=[0, 2, 4]).update(filename="Minutes.pdf")

    page = browser.get(url(job, "?search=minutes"))

    assert [row.position for row in page.context["page"].object_list] == [2, 4, 0]
    assert shown(browser, job, "?search=minutes&state=completed&sort=order") == [0, 4]
    assert f'href="{url(job)}?tab=documents&amp;state=failed&amp;search=minutes"' in page.text
    assert f'href="{url(job)}?tab=documents&amp;search=minutes&amp;sort=order"' in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("failed", "No document failed."),
        ("not_ready", "Every converted document is RAG-ready."),
        ("reviewed", "Nobody has reviewed a result yet."),
        ("waiting", "No documents match this filter."),
    ],
)
def test_an_empty_filter_says_why(browser, member, state, words):
    job = make_job(member, status=JobStatus.COMPLETED)

    assert words in browser.get(url(job, f"?state={state}")).text


def test_no_result_that_is_ready_says_what_to_do(browser, member):
    job = make_job(member, status=JobStatus.COMPLETED)
    make_poor(job, 0)

    assert "No document meets all thresholds." in browser.get(url(job, "?state=rag_ready")).text


def test_links_of_the_review_tab_lead_to_the_queue(browser, job):
    page = browser.get(url(job, "?tab=review&filter=not_ready"))

    assert page.context["tab"] == "documents"
    assert [row.position for row in page.context["page"].object_list] == [1, 4]


def test_a_row_says_which_thresholds_its_document_misses(browser, job):
    job.job_documents.filter(position=1).update(
        quality_scores={"conversion_score": 60, "clarity": 4.25, "completeness": 8, "markdown": 9}
    )

    page = browser.get(url(job)).text

    assert page.count("clarity 4.3, needs 7") == 1
    assert page.count(", needs ") == 1


# --- leafing through --------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "sort=order", "search=document", "state=completed"])
def test_leafing_goes_through_the_documents_as_they_are_listed(browser, member, query):
    job = make_job(
        member, status=JobStatus.RUNNING, rows=[C, P, F, C, R, X, C, F, P, C], cancelled_documents=1
    )
    for position, score in {0: 90, 3: 50, 6: 90, 9: 20}.items():
        job.job_documents.filter(position=position).update(conversion_score=score)
    make_poor(job, 9)
    listed = shown(browser, job, f"?{query}")

    there, back = [listed[0]], [listed[-1]]
    for way, name in ((there, "next"), (back, "previous")):
        while found := browser.get(result_url(row(job, way[-1]), f"?{query}")).context[name]:
            way.append(job.job_documents.get(pk=found.pk).position)

    assert len(listed) > 3
    assert there == listed
    assert back == listed[::-1]


@pytest.mark.parametrize(
    ("query", "place", "expected"),
    [
        ("state=not_ready", 2, (None, 1)),  # failed: before every result
        ("state=not_ready", 0, (4, None)),  # the best of all
        ("state=not_ready&sort=order", 3, (1, 4)),
        ("state=failed", 3, (2, None)),
    ],
)
def test_leafing_begins_beside_a_document_that_the_filter_does_not_show(
    browser, job, query, place, expected
):
    page = browser.get(result_url(row(job, place), f"?{query}"))

    found = [page.context[name] for name in ("previous", "next")]
    positions = [one and job.job_documents.get(pk=one.pk).position for one in found]
    assert tuple(positions) == expected


def test_a_document_leads_back_to_the_queue_it_came_from(browser, job):
    page = browser.get(url(job, "?state=low&sort=order")).text
    link = result_url(row(job, 1), "?view=rendered&amp;state=low&amp;sort=order")
    assert f'href="{link}"' in page

    result = browser.get(result_url(row(job, 1), "?state=low&sort=order")).text

    assert f'href="{url(job)}?tab=documents&amp;state=low&amp;sort=order"' in result


def test_saving_and_restoring_stay_in_the_queue(browser, job):
    query = "?view=edit&state=low"
    saved = browser.post(
        reverse("jobs:result-save", args=[job.pk, row(job, 1).pk]) + query,
        {"content": "# Mended\n\nBy hand.\n"},
    )
    restored = browser.post(
        reverse("jobs:result-restore", args=[job.pk, row(job, 1).pk]) + query, {"number": 1}
    )

    assert saved.url == result_url(row(job, 1), "?view=edit&state=low")
    assert restored.url == result_url(row(job, 1), "?view=versions&state=low")


# --- deciding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("accepted", "2 results were accepted."),
        ("excluded", "2 results are left out of exports."),
    ],
)
def test_chosen_results_are_decided_about_at_once(browser, job, verdict, words):
    page = decide(browser, job, verdict, 0, 1, query="?state=completed&page=1")

    assert [position for position, review in enumerate(decided(job)) if review == verdict] == [0, 1]
    assert words in page.text
    assert page.redirect_chain == [(url(job, "?tab=documents&state=completed&page=1"), 302)]


def test_decisions_are_taken_back_at_once(browser, job):
    decide(browser, job, "accepted", 0, 1)

    page = decide(browser, job, "none", 0, 1, 3)

    assert set(decided(job)) == {"none"}
    assert "2 reviews were taken back." in page.text


def test_every_result_of_the_queue_is_decided_about_and_no_other_document(browser, job):
    decide(browser, job, "accepted", query="?state=not_ready", every="1")
    assert decided(job) == ["none", "accepted", "none", "none", "accepted", "none"]

    job.job_documents.filter(position__in=[0, 2]).update(filename="Minutes.pdf")
    decide(browser, job, "excluded", query="?search=minutes", every="1")
    assert decided(job) == ["excluded", "accepted", "none", "none", "accepted", "none"]


def test_nothing_chosen_is_said(browser, job):
    assert "Choose at least one document first." in decide(browser, job, "accepted").text


def test_a_document_without_a_result_is_refused_in_words(browser, job):
    page = decide(browser, job, "accepted", 0, 2)

    assert "was not converted, so there is no result to review." in page.text
    assert set(decided(job)) == {"none"}


def test_a_document_of_another_job_is_refused_in_words(browser, member, job):
    other = make_job(member, status=JobStatus.COMPLETED)

    page = browser.post(
        url(job, name="review"), {"review": "accepted", "row": row(other, 0).pk}, follow=True
    )

    assert "Some documents are not in this job." in page.text
    assert decided(other) == ["none"]


@pytest.mark.parametrize("values", [{}, {"review": "good"}])
def test_a_review_of_no_kind_is_refused(browser, job, values):
    assert browser.post(url(job, name="review"), {"every": "1"} | values).status_code == 400


def test_the_next_result_to_review_is_shown_when_one_was_decided_about_on_its_page(browser, job):
    # Worst first it is 1, 4, 5, 3, 0; 4 was reviewed already.
    decide(browser, job, "excluded", 4)

    page = decide(browser, job, "accepted", 1, query="?view=quality")

    assert page.redirect_chain == [(result_url(row(job, 5), "?view=quality"), 302)]
    assert f"“{row(job, 1).filename}” was accepted." in page.text
    assert f'<a href="{result_url(row(job, 1), "?view=quality")}">Back to it</a>' in page.text

    page = decide(browser, job, "excluded", 5, query="?view=edit")
    assert page.redirect_chain == [(result_url(row(job, 3), "?view=rendered"), 302)]
    assert f"“{row(job, 5).filename}” is left out of exports." in page.text


def test_the_first_result_to_review_is_shown_when_the_last_of_the_queue_was_decided_about(
    browser, job
):
    page = decide(browser, job, "accepted", 4, query="?view=rendered&state=not_ready")

    there = result_url(row(job, 1), "?view=rendered&state=not_ready")
    assert page.redirect_chain == [(there, 302)]


def test_the_end_of_the_queue_is_said_when_every_result_of_it_is_reviewed(browser, member, job):
    decide(browser, job, "accepted", 4)
    query = "?view=quality&state=not_ready"

    page = decide(browser, job, "accepted", 1, query=query)

    assert page.redirect_chain == [(result_url(row(job, 1), query), 302)]
    assert "3 other documents still need a review." in page.text
    assert f'<a href="{url(job, "?state=to_review")}">Review the rest</a>' in page.text
    decision = page.text[page.text.index('id="decision"') :]
    decision = decision[: decision.index("</form>")]
    assert f"by {member.username}" in decision
    assert re.findall(r'value="(accepted|excluded|none)"', decision) == ["excluded", "none"]


def test_the_exports_are_offered_when_every_result_of_a_job_is_reviewed(browser, job):
    decide(browser, job, "accepted", 0, 1, 3, 4)

    page = decide(browser, job, "excluded", 5, query="?view=rendered")

    assert "All 5 documents are reviewed." in page.text
    assert f'<a href="{url(job, "?tab=export")}">Go to the exports</a>' in page.text


def test_the_page_stays_at_its_document_when_a_review_is_taken_back(browser, job):
    decide(browser, job, "accepted", 1)

    page = decide(browser, job, "none", 1, query="?view=rendered")

    assert page.redirect_chain == [(result_url(row(job, 1), "?view=rendered"), 302)]
    assert f"The review of “{row(job, 1).filename}” was taken back." in page.text


def test_the_page_stays_at_its_document_when_it_has_no_result_to_review(browser, job):
    page = decide(browser, job, "accepted", 2, query="?view=rendered")

    assert page.redirect_chain == [(result_url(row(job, 2), "?view=rendered"), 302)]
    assert "so there is no result to review." in page.text


def test_names_are_escaped_in_the_notice_when_a_result_is_accepted(browser, job):
    job.job_documents.filter(position=1).update(filename="<b>bold</b>.pdf")

    page = decide(browser, job, "accepted", 1, query="?view=rendered")

    assert "“&lt;b&gt;bold&lt;/b&gt;.pdf” was accepted." in page.text


def test_viewers_see_reviews_and_decide_nothing(org, member, job):
    reviews.review(job, [row(job, 0).pk], EXCLUDED, by=member)
    viewer = sign_in(make_user(org, role=Role.VIEWER))

    page, result = viewer.get(url(job)).text, viewer.get(result_url(row(job, 0))).text

    assert "verdict-excluded" in page
    assert "verdict-excluded" in result
    for text in (page, result):
        assert 'name="review"' not in text
        assert "data-select-row" not in text


def test_results_alone_can_be_chosen_and_only_where_there_are_some(browser, job):
    assert browser.get(url(job)).text.count("data-select-row") == 5
    assert "data-select-row" not in browser.get(url(job, "?state=failed")).text


def test_the_head_of_a_job_says_how_many_results_were_reviewed(browser, member, job):
    assert "0 of 5 reviewed" in browser.get(url(job)).text

    reviews.review(job, [row(job, 0).pk, row(job, 1).pk], ACCEPTED, by=member)
    reviews.review(job, [row(job, 3).pk], EXCLUDED, by=member)

    page = browser.get(url(job)).text
    assert "3 of 5 reviewed" in page
    assert f'href="{url(job)}?state=to_review"' in page


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.QUEUED, JobStatus.FAILED])
def test_a_job_without_results_says_nothing_of_reviews(browser, member, status):
    assert " reviewed" not in browser.get(url(make_job(member, status=status))).text


def test_a_review_shows_on_the_page_of_a_job_that_somebody_else_looks_at(browser, member):
    job = make_job(member, status=JobStatus.RUNNING, rows=[C, R])
    make_active = browser.get(url(job)).context["live_version"]

    reviews.review(job, [row(job, 0).pk], ACCEPTED, by=member)

    part = browser.get(url(job, f"?v={make_active}&tab=documents", "live"))
    assert part.status_code == 200
    assert "verdict-accepted" in part.text


def test_who_reviewed_and_is_gone_is_not_named(browser, job):
    job.job_documents.filter(position=0).update(
        review=ACCEPTED, reviewed_at=timezone.now() - timedelta(days=1)
    )
    Job.objects.filter(pk=job.pk).update(accepted_documents=1)

    assert "someone who left" in browser.get(url(job)).text


# --- exports ----------------------------------------------------------------------------------


def test_the_export_tab_offers_what_was_accepted_and_says_what_is_left_out(browser, member, job):
    reviews.review(job, [row(job, 0).pk], EXCLUDED, by=member)
    reviews.review(job, [row(job, 3).pk, row(job, 1).pk], ACCEPTED, by=member)

    page = browser.get(url(job, "?tab=export")).text

    assert "Export all (4)" in page
    assert "Export RAG-ready (2)" in page
    assert "Export accepted (2)" in page
    assert "1 result is left out by review." in page
    assert page.count("data-select-row") == 4
    assert f"{url(job, name='chunks')}?review=accepted" in page


def test_the_menu_of_downloads_offers_what_was_accepted(browser, member, job):
    assert "Accepted only" not in browser.get(url(job)).text

    reviews.review(job, [row(job, 3).pk], ACCEPTED, by=member)

    assert "Accepted only (1)" in browser.get(url(job)).text


@pytest.mark.parametrize("name", ["download", "chunks"])
def test_a_download_of_a_review_that_does_not_exist_is_refused(browser, job, name):
    assert browser.get(url(job, "?review=good", name)).status_code == 400


@pytest.mark.parametrize("values", [{"scope": "accepted"}, {"scope": "all", "review": "accepted"}])
def test_the_accepted_results_are_exported_and_no_others(browser, member, job, values):
    reviews.review(job, [row(job, 3).pk], ACCEPTED, by=member)

    answer = browser.post(url(job, name="export"), values)

    assert answer.status_code == 200
    assert row(job, 3).filename.replace(".txt", ".md").encode() in b"".join(
        answer.streaming_content
    )


def test_an_export_of_accepted_results_says_when_there_are_none(browser, job):
    page = browser.post(url(job, name="export"), {"scope": "accepted"})

    assert page.status_code == 422
    assert "The job has no accepted results to download." in page.text


def test_a_result_that_was_left_out_is_not_exported_by_choosing_it(browser, member, job):
    reviews.review(job, [row(job, 0).pk], EXCLUDED, by=member)

    page = browser.post(url(job, name="export"), {"scope": "selected", "row": row(job, 0).pk})

    assert page.status_code == 422
    assert "The chosen documents have no results to download." in page.text


@pytest.mark.parametrize("length", [1, 20])
@pytest.mark.parametrize("query", ["", "?state=not_ready", "?sort=order"])
def test_the_queue_takes_as_many_queries_for_any_number_of_documents(
    browser, member, django_assert_num_queries, length, query
):
    job = make_job(member, status=JobStatus.COMPLETED, rows=length)
    make_poor(job, *range(length))
    reviews.review(job, [each.pk for each in job.job_documents.all()], ACCEPTED, by=member)
    browser.get(url(job, query))

    # Session, user with organization, job with owner, sums over its documents, documents; active
    # jobs and limit of the status bar.
    with django_assert_num_queries(7):
        browser.get(url(job, query))
