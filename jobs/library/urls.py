from django.urls import path

from documents import views
from jobs.library.views import document_list

app_name = "documents"

urlpatterns = [
    path("documents", document_list, name="list"),
    path("documents/<uuid:document_id>/original", views.original, name="original"),
    path("documents/<uuid:document_id>/pages/<str:page>.png", views.picture, name="picture"),
    path("documents/<uuid:document_id>/delete", views.delete, name="delete"),
]
