# django-treebeard 7.0.

# treebeard/models.py
#- treebeard.models
from django.db import models

class Node(models.Model):
    class Meta:
        abstract = True

# treebeard/mp_tree.py
#- treebeard.mp_tree
from django.db import models
from treebeard.models import Node

class MP_Node(Node):
    path = models.CharField(max_length=255, unique=True)
    depth = models.PositiveIntegerField()
    numchild = models.PositiveIntegerField()

    class Meta:
        abstract = True

# treebeard/ns_tree.py
#- treebeard.ns_tree
from django.db import models
from treebeard.models import Node

class NS_Node(Node):
    lft = models.PositiveIntegerField(db_index=True)
    rgt = models.PositiveIntegerField(db_index=True)
    tree_id = models.PositiveIntegerField(db_index=True)
    depth = models.PositiveIntegerField(db_index=True)

    class Meta:
        abstract = True

# treebeard/al_tree.py
#- treebeard.al_tree
from treebeard.models import Node

class AL_Node(Node):
    class Meta:
        abstract = True
